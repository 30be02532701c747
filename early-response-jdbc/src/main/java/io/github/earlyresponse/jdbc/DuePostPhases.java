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
import java.util.Collections;
import java.util.List;

import javax.sql.DataSource;

import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Picks stored post-phases that are due, which leases them to this node. Those that
 * another node is just picking are left out, so that nodes neither wait for each other
 * nor pick the same ones.
 */
final class DuePostPhases {

	/** How the failure begins of what a node has left to others. */
	private static final String LEFT = "Left to other nodes by ";

	private static final String FOR_UPDATE = " for update skip locked";

	private final JdbcTemplate jdbc;

	private final JdbcCustomization database;

	private final DatabaseClock clock;

	private final PostPhaseTable table;

	private final TransactionOperations transaction;

	private final String node;

	private final Duration unknownAfter;

	private final @Nullable String avoidSort;

	private final String tableName;

	private final boolean locksBeyondLimit;

	private final String pick;

	private final String leave;

	/**
	 * Creates it.
	 * @param dataSource where the table is
	 * @param database how the database stores values
	 * @param clock by which post-phases are due
	 * @param table reads the rows
	 * @param tableName the name of the table
	 * @param node the name of this node
	 * @param unknownAfter how long what this node has left to others is not picked by it
	 */
	DuePostPhases(DataSource dataSource, Database database, DatabaseClock clock, PostPhaseTable table, String tableName,
			String node, Duration unknownAfter) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.database = database.customization();
		this.clock = clock;
		this.table = table;
		this.transaction = new OwnTransaction(dataSource).readCommitted();
		this.node = node;
		this.unknownAfter = unknownAfter;
		this.avoidSort = database.avoidSort();
		this.tableName = tableName;
		this.locksBeyondLimit = database.locksBeyondLimit();
		this.pick = "update " + tableName + " set picked = true, picked_by = ?, last_heartbeat = ?, "
				+ "version = version + 1, failure = case when failure like '" + LEFT + "%' then null else failure end "
				+ "where task_name = ? and task_instance = ?";
		this.leave = "update " + tableName + " set picked = false, picked_by = null, last_heartbeat = null, "
				+ "version = version + 1, execution_time = ?, crashes = ?, last_failure = ?, failure = ? "
				+ "where task_name = ? and task_instance = ? and version = ?";
	}

	/**
	 * Picks those that have been due for the longest time.
	 * @param names the names of those that can run here
	 * @param now the time, by the clock of the database
	 * @param limit how many at most
	 * @return what is leased from now on
	 */
	List<Picked> pick(Collection<String> names, Instant now, int limit) {
		if (names.isEmpty()) {
			return List.of();
		}
		return this.transaction.execute((status) -> {
			List<Picked> picked = lock(names, now, limit);
			this.jdbc.batchUpdate(this.pick, picked, Math.max(1, picked.size()), (statement, each) -> {
				statement.setString(1, this.node);
				this.database.setInstant(statement, 2, now);
				statement.setString(3, each.lease().name());
				statement.setString(4, each.lease().id());
			});
			return picked;
		});
	}

	/**
	 * Locks them in the current transaction.
	 */
	List<Picked> lock(Collection<String> names, Instant now, int limit) {
		if (this.avoidSort != null) {
			this.jdbc.execute(this.avoidSort);
		}
		return this.jdbc.query(lock(names.size(), limit), (statement) -> {
			this.database.setInstant(statement, 1, now);
			int index = 2;
			for (String name : names) {
				statement.setString(index++, name);
			}
			statement.setString(index++, leftByThis() + "%");
			this.database.setInstant(statement, index, now.minus(this.unknownAfter));
		}, (result, index) -> picked(result));
	}

	private String leftByThis() {
		return LEFT + this.node + ": ";
	}

	private String lock(int names, int limit) {
		String due = " from " + this.tableName + " where picked = false and execution_time <= ? and task_name in ("
				+ String.join(", ", Collections.nCopies(names, "?"))
				+ ") and (failure is null or failure not like ? or last_failure <= ?) order by ";
		String limited = this.database.getQueryLimitPart(limit);
		if (!this.locksBeyondLimit) {
			return "select *" + due + "execution_time" + limited + FOR_UPDATE;
		}
		// By both columns of the index, or all that are due would be sorted
		return "select * from " + this.tableName
				+ " where (task_name, task_instance) in (select task_name, task_instance" + due
				+ "picked, execution_time" + limited + ") and picked = false order by execution_time" + FOR_UPDATE;
	}

	private Picked picked(ResultSet result) throws SQLException {
		PostPhaseTable.Row row = this.table.row(result);
		Lease lease = new Lease(result.getString("task_name"), result.getString("task_instance"),
				// As from the update on
				result.getLong("version") + 1, row.owner(), row.acceptedAt(), row.crashes(),
				this.database.getTaskData(result, "task_data"));
		return new Picked(lease, row, this.clock.toLocal(this.database.getInstant(result, "execution_time")),
				leftSince(result, row.replayedAt()));
	}

	private @Nullable Instant leftSince(ResultSet result, @Nullable Instant replayedAt) throws SQLException {
		String failure = result.getString("failure");
		if (failure == null || !failure.startsWith(LEFT)) {
			return null;
		}
		Instant since = this.clock.toLocal(this.database.getInstant(result, "last_failure"));
		return (replayedAt != null && replayedAt.isAfter(since)) ? null : since;
	}

	/**
	 * Leaves one to other nodes, which ends its lease without an attempt.
	 * @param lease the lease
	 * @param due when it is due again
	 * @param since since when it has been left, or else now
	 * @param reason why it does not run here
	 */
	void leave(Lease lease, Instant due, Instant since, String reason) {
		String failure = FailureText.storable(leftByThis() + reason);
		this.jdbc.update(this.leave, (statement) -> {
			this.database.setInstant(statement, 1, this.clock.toDatabase(due));
			statement.setInt(2, lease.crashes());
			this.database.setInstant(statement, 3, this.clock.toDatabase(since));
			statement.setString(4, failure);
			statement.setString(5, lease.name());
			statement.setString(6, lease.id());
			statement.setLong(7, lease.version());
		});
	}

	/**
	 * What was picked.
	 *
	 * @param lease its lease
	 * @param row what is stored
	 * @param due since when it was due, by the clock of this node
	 * @param leftSince since when it has been left to other nodes by those that could not
	 * read it, {@code null} if it has not
	 */
	record Picked(Lease lease, PostPhaseTable.Row row, Instant due, @Nullable Instant leftSince) {

	}

}
