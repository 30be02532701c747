CREATE TABLE IF NOT EXISTS early_response_post_phase (
	task_name VARCHAR(200) NOT NULL,
	task_instance VARCHAR(64) NOT NULL,
	task_data LONGBLOB,
	execution_time DATETIME(6) NOT NULL,
	picked BOOLEAN NOT NULL,
	picked_by VARCHAR(50),
	last_success DATETIME(6),
	last_failure DATETIME(6),
	consecutive_failures INT,
	last_heartbeat DATETIME(6),
	version BIGINT NOT NULL,
	owner VARCHAR(1000),
	accepted_at DATETIME(6) NOT NULL,
	attempts INT NOT NULL,
	failures INT NOT NULL,
	deferrals INT NOT NULL,
	crashes INT NOT NULL,
	failure VARCHAR(1000),
	dead_at DATETIME(6),
	checkpoints BIGINT DEFAULT 0 NOT NULL,
	last_checkpoint VARCHAR(8192),
	replayed_at DATETIME(6),
	PRIMARY KEY (task_instance, task_name),
	INDEX early_response_post_phase_due (picked, execution_time),
	INDEX early_response_post_phase_leased (picked_by)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS early_response_post_phase_node (
	name VARCHAR(50) NOT NULL,
	last_heartbeat DATETIME(6) NOT NULL,
	PRIMARY KEY (name)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS early_response_post_phase_progress (
	id VARCHAR(64) NOT NULL,
	version BIGINT NOT NULL,
	attempt INT NOT NULL,
	responded_at DATETIME(6),
	started_at DATETIME(6),
	delivery VARCHAR(20) NOT NULL,
	done BIGINT,
	total BIGINT,
	message VARCHAR(1000),
	written_at DATETIME(6) NOT NULL,
	PRIMARY KEY (id)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS early_response_post_phase_finished (
	id VARCHAR(64) NOT NULL,
	name VARCHAR(200) NOT NULL,
	owner VARCHAR(1000),
	accepted_at DATETIME(6) NOT NULL,
	responded_at DATETIME(6),
	started_at DATETIME(6),
	finished_at DATETIME(6) NOT NULL,
	attempt INT NOT NULL,
	delivery VARCHAR(20) NOT NULL,
	done BIGINT,
	total BIGINT,
	message VARCHAR(1000),
	outcome VARCHAR(20) NOT NULL,
	failure VARCHAR(1000),
	expires_at DATETIME(6) NOT NULL,
	PRIMARY KEY (id),
	INDEX early_response_post_phase_finished_expired (expires_at)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS early_response_post_phase_cancellation (
	id VARCHAR(64) NOT NULL,
	grace_millis BIGINT NOT NULL,
	PRIMARY KEY (id)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS early_response_request (
	request_id VARCHAR(64) NOT NULL,
	fingerprint VARCHAR(64) NOT NULL,
	token VARCHAR(36) NOT NULL,
	node VARCHAR(50) NOT NULL,
	claimed_at DATETIME(6) NOT NULL,
	expires_at DATETIME(6) NOT NULL,
	result LONGBLOB,
	PRIMARY KEY (request_id),
	INDEX early_response_request_expired (expires_at)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
