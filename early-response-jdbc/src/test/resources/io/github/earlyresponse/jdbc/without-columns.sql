ALTER TABLE early_response_post_phase DROP COLUMN owner, crashes, failure, dead_at, checkpoints, last_checkpoint;
