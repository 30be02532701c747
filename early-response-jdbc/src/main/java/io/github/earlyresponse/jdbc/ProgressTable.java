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

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import io.github.earlyresponse.Delivery;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The statements on the table of what runs. It is apart from that of post-phases, so that
 * progress changes nothing that a transaction of a post-phase has read, and waits for
 * none.
 */
final class ProgressTable {

	static final List<String> COLUMNS = List.of("id", "version", "attempt", "responded_at", "started_at", "delivery",
			"done", "total", "message", "written_at");

	private static final int BATCH_SIZE = 500;

	private final JdbcTemplate jdbc;

	private final StoredTimes times;

	private final String table;

	private final String insert;

	private final String update;

	private final String updateWithoutProgress;

	private final String delete;

	private final String deleteAll;

	private final String orphans;

	ProgressTable(DataSource dataSource, StoredTimes times, String postPhaseTable) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.times = times;
		this.table = name(postPhaseTable);
		this.insert = "insert into " + this.table + " (delivery, responded_at, started_at, attempt, written_at, "
				+ "version, " + StoredProgress.COLUMNS + ", id) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
		// What the first node knew does not change. In this order, because some databases
		// see what the same statement has set
		String update = "update " + this.table + " set delivery = case when responded_at is null then ? "
				+ "else delivery end, responded_at = coalesce(responded_at, ?), started_at = coalesce(started_at, ?), "
				+ "attempt = ?, written_at = ?, version = ?";
		String unlessNewer = " where id = ? and version <= ?";
		this.update = update + ", done = ?, total = ?, message = ?" + unlessNewer;
		this.updateWithoutProgress = update + unlessNewer;
		this.deleteAll = "delete from " + this.table + " where id = ?";
		this.delete = this.deleteAll + " and version <= ?";
		this.orphans = "select id, version from " + this.table + " where written_at < ? and not exists (select 1 from "
				+ postPhaseTable + " where task_instance = " + this.table + ".id)"
				+ times.database().getQueryLimitPart(BATCH_SIZE);
	}

	/**
	 * The name of the table.
	 * @param postPhaseTable the name of the table of post-phases
	 */
	static String name(String postPhaseTable) {
		return postPhaseTable + "_progress";
	}

	/**
	 * What is there of some post-phases.
	 * @return those that are there, by their ids
	 */
	Map<String, RunningStatus> find(Collection<String> ids) {
		Map<String, RunningStatus> found = new HashMap<>();
		InClause in = new InClause(ids);
		this.jdbc
			.query("select * from " + this.table + " where id " + in, (result, index) -> status(result), in.values())
			.forEach((status) -> found.put(status.id(), status));
		return found;
	}

	private RunningStatus status(ResultSet result) throws SQLException {
		return new RunningStatus(result.getString("id"), result.getLong("version"), result.getInt("attempt"),
				this.times.getIfSet(result, "responded_at"), this.times.getIfSet(result, "started_at"),
				Delivery.valueOf(result.getString("delivery")), StoredProgress.get(result));
	}

	void insert(List<RunningStatus> statuses) {
		this.jdbc.batchUpdate(this.insert, statuses, BATCH_SIZE, (statement, status) -> {
			set(statement, status);
			StoredProgress.set(statement, 7, status.progress());
			statement.setString(10, status.id());
		});
	}

	/**
	 * Updates what is there, unless another node has got further. One that has reported
	 * no progress keeps that of the attempt before.
	 */
	void update(List<RunningStatus> statuses) {
		List<RunningStatus> with = statuses.stream().filter((status) -> status.progress() != null).toList();
		if (!with.isEmpty()) {
			this.jdbc.batchUpdate(this.update, with, BATCH_SIZE, (statement, status) -> {
				set(statement, status);
				StoredProgress.set(statement, 7, status.progress());
				statement.setString(10, status.id());
				statement.setLong(11, status.version());
			});
		}
		List<RunningStatus> without = statuses.stream().filter((status) -> status.progress() == null).toList();
		if (!without.isEmpty()) {
			this.jdbc.batchUpdate(this.updateWithoutProgress, without, BATCH_SIZE, (statement, status) -> {
				set(statement, status);
				statement.setString(7, status.id());
				statement.setLong(8, status.version());
			});
		}
	}

	private void set(PreparedStatement statement, RunningStatus status) throws SQLException {
		statement.setString(1, status.delivery().name());
		this.times.set(statement, 2, status.respondedAt());
		this.times.set(statement, 3, status.startedAt());
		statement.setInt(4, status.attempt());
		this.times.set(statement, 5, Instant.now());
		statement.setLong(6, status.version());
	}

	void delete(List<Lease> leases) {
		this.jdbc.batchUpdate(this.delete, leases, BATCH_SIZE, (statement, lease) -> {
			statement.setString(1, lease.id());
			statement.setLong(2, lease.version());
		});
	}

	/**
	 * Deletes what any node has stored.
	 */
	void deleteAll(Collection<String> ids) {
		this.jdbc.batchUpdate(this.deleteAll, ids, BATCH_SIZE, (statement, id) -> statement.setString(1, id));
	}

	/**
	 * Deletes what belongs to no post-phase any more.
	 * @param age how old it is at least
	 * @return how many were found
	 */
	int deleteOrphans(Duration age) {
		List<Lease.Key> orphans = this.jdbc.query(this.orphans,
				(statement) -> this.times.set(statement, 1, Instant.now().minus(age)),
				(result, index) -> new Lease.Key("", result.getString("id"), result.getLong("version")));
		if (!orphans.isEmpty()) {
			this.jdbc.batchUpdate(this.delete, orphans, BATCH_SIZE, (statement, orphan) -> {
				statement.setString(1, orphan.id());
				statement.setLong(2, orphan.version());
			});
		}
		return orphans.size();
	}

}
