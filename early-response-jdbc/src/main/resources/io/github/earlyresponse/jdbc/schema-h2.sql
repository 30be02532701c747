CREATE TABLE IF NOT EXISTS early_response_post_phase (
	task_name VARCHAR(200) NOT NULL,
	task_instance VARCHAR(64) NOT NULL,
	task_data BLOB,
	execution_time TIMESTAMP WITH TIME ZONE NOT NULL,
	picked BOOLEAN NOT NULL,
	picked_by VARCHAR(50),
	last_success TIMESTAMP WITH TIME ZONE,
	last_failure TIMESTAMP WITH TIME ZONE,
	consecutive_failures INT,
	last_heartbeat TIMESTAMP WITH TIME ZONE,
	version BIGINT NOT NULL,
	owner VARCHAR(1000),
	accepted_at TIMESTAMP WITH TIME ZONE NOT NULL,
	attempts INT NOT NULL,
	failures INT NOT NULL,
	deferrals INT NOT NULL,
	crashes INT NOT NULL,
	failure VARCHAR(1000),
	dead_at TIMESTAMP WITH TIME ZONE,
	checkpoints BIGINT DEFAULT 0 NOT NULL,
	last_checkpoint VARCHAR(8192),
	replayed_at TIMESTAMP WITH TIME ZONE,
	PRIMARY KEY (task_instance, task_name)
);

CREATE INDEX IF NOT EXISTS early_response_post_phase_due ON early_response_post_phase (picked, execution_time);
CREATE INDEX IF NOT EXISTS early_response_post_phase_leased ON early_response_post_phase (picked_by);

CREATE TABLE IF NOT EXISTS early_response_post_phase_node (
	name VARCHAR(50) NOT NULL,
	last_heartbeat TIMESTAMP WITH TIME ZONE NOT NULL,
	PRIMARY KEY (name)
);

CREATE TABLE IF NOT EXISTS early_response_post_phase_progress (
	id VARCHAR(64) NOT NULL,
	version BIGINT NOT NULL,
	attempt INT NOT NULL,
	responded_at TIMESTAMP WITH TIME ZONE,
	started_at TIMESTAMP WITH TIME ZONE,
	delivery VARCHAR(20) NOT NULL,
	done BIGINT,
	total BIGINT,
	message VARCHAR(1000),
	written_at TIMESTAMP WITH TIME ZONE NOT NULL,
	PRIMARY KEY (id)
);

CREATE TABLE IF NOT EXISTS early_response_post_phase_finished (
	id VARCHAR(64) NOT NULL,
	name VARCHAR(200) NOT NULL,
	owner VARCHAR(1000),
	accepted_at TIMESTAMP WITH TIME ZONE NOT NULL,
	responded_at TIMESTAMP WITH TIME ZONE,
	started_at TIMESTAMP WITH TIME ZONE,
	finished_at TIMESTAMP WITH TIME ZONE NOT NULL,
	attempt INT NOT NULL,
	delivery VARCHAR(20) NOT NULL,
	done BIGINT,
	total BIGINT,
	message VARCHAR(1000),
	outcome VARCHAR(20) NOT NULL,
	failure VARCHAR(1000),
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
	PRIMARY KEY (id)
);

CREATE INDEX IF NOT EXISTS early_response_post_phase_finished_expired
	ON early_response_post_phase_finished (expires_at);

CREATE TABLE IF NOT EXISTS early_response_post_phase_cancellation (
	id VARCHAR(64) NOT NULL,
	grace_millis BIGINT NOT NULL,
	PRIMARY KEY (id)
);

CREATE TABLE IF NOT EXISTS early_response_request (
	request_id VARCHAR(64) NOT NULL,
	fingerprint VARCHAR(64) NOT NULL,
	token VARCHAR(36) NOT NULL,
	node VARCHAR(50) NOT NULL,
	claimed_at TIMESTAMP WITH TIME ZONE NOT NULL,
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
	result BLOB,
	PRIMARY KEY (request_id)
);

CREATE INDEX IF NOT EXISTS early_response_request_expired ON early_response_request (expires_at);
