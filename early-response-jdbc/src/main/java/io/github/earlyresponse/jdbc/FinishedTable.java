/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.github.earlyresponse.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

import javax.sql.DataSource;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhaseOutcome;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The statements on the table of what has ended.
 */
final class FinishedTable {

	static final List<String> COLUMNS = List.of("id", "name", "owner", "accepted_at", "responded_at", "started_at",
			"finished_at", "attempt", "delivery", "done", "total", "message", "outcome", "failure", "expires_at");

	private static final int BATCH_SIZE = 500;

	private final JdbcTemplate jdbc;

	private final StoredTimes times;

	private final Duration keepFor;

	private final String table;

	private final String insert;

	private final String delete;

	private final String expired;

	private final String deleteExpired;

	FinishedTable(DataSource dataSource, StoredTimes times, Duration keepFor, String postPhaseTable) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.times = times;
		this.keepFor = keepFor;
		this.table = name(postPhaseTable);
		this.insert = "insert into " + this.table + " (" + String.join(", ", COLUMNS)
				+ ") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
		this.delete = "delete from " + this.table + " where id = ?";
		this.expired = "select id from " + this.table + " where expires_at <= ?"
				+ times.database().getQueryLimitPart(BATCH_SIZE);
		this.deleteExpired = this.delete + " and expires_at <= ?";
	}

	/**
	 * The name of the table.
	 * @param postPhaseTable the name of the table of post-phases
	 */
	static String name(String postPhaseTable) {
		return postPhaseTable + "_finished";
	}

	void insert(List<FinishedStatus> statuses) {
		this.jdbc.batchUpdate(this.insert, statuses, BATCH_SIZE, (statement, status) -> {
			statement.setString(1, status.id());
			statement.setString(2, status.name());
			statement.setString(3, status.owner());
			this.times.set(statement, 4, status.acceptedAt());
			this.times.set(statement, 5, status.respondedAt());
			this.times.set(statement, 6, status.startedAt());
			this.times.set(statement, 7, status.finishedAt());
			statement.setInt(8, status.attempt());
			statement.setString(9, status.delivery().name());
			StoredProgress.set(statement, 10, status.progress());
			statement.setString(13, status.outcome().name());
			String failure = status.failure();
			statement.setString(14, (failure != null) ? FailureText.storable(failure) : null);
			this.times.set(statement, 15, status.finishedAt().plus(this.keepFor));
		});
	}

	List<FinishedStatus> find(Collection<String> ids) {
		InClause in = new InClause(ids);
		return this.jdbc.query("select * from " + this.table + " where id " + in, (result, index) -> status(result),
				in.values());
	}

	private FinishedStatus status(ResultSet result) throws SQLException {
		return new FinishedStatus(result.getString("id"), result.getString("name"), result.getString("owner"),
				this.times.get(result, "accepted_at"), this.times.getIfSet(result, "responded_at"),
				this.times.getIfSet(result, "started_at"), this.times.get(result, "finished_at"),
				result.getInt("attempt"), Delivery.valueOf(result.getString("delivery")), StoredProgress.get(result),
				PostPhaseOutcome.valueOf(result.getString("outcome")), result.getString("failure"));
	}

	void delete(Collection<String> ids) {
		this.jdbc.batchUpdate(this.delete, ids, BATCH_SIZE, (statement, id) -> statement.setString(1, id));
	}

	/**
	 * Deletes some of those that have expired.
	 * @return how many were found
	 */
	int deleteExpired() {
		Instant now = Instant.now();
		List<String> ids = this.jdbc.query(this.expired, (statement) -> this.times.set(statement, 1, now),
				(result, index) -> result.getString("id"));
		if (!ids.isEmpty()) {
			this.jdbc.batchUpdate(this.deleteExpired, ids, BATCH_SIZE, (statement, id) -> {
				statement.setString(1, id);
				this.times.set(statement, 2, now);
			});
		}
		return ids.size();
	}

}
