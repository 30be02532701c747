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
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import javax.sql.DataSource;

import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import io.github.earlyresponse.DeadLetter;
import io.github.earlyresponse.engine.AttemptCount;
import io.github.earlyresponse.engine.StoredCounts;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.ParameterizedPreparedStatementSetter;

/**
 * The statements on the table of stored post-phases, which is also that of db-scheduler.
 * All that change a row compare its version, which changes with each lease: whoever has
 * lost the lease changes nothing.
 * <p>
 * They run on the connection of the current transaction, if there is one. Times in the
 * table are by the clock of the database, all others by that of this node.
 */
final class PostPhaseTable {

	/** When a dead letter is due: never, and within the range of every database. */
	static final Instant NEVER = Instant.parse("9999-01-01T00:00:00Z");

	private static final int BATCH_SIZE = 500;

	private final JdbcTemplate jdbc;

	private final JdbcCustomization database;

	private final StoredTimes times;

	private final String insert;

	private final String delete;

	private final String retry;

	private final String bury;

	private final String handBack;

	private final String checkpoint;

	private final String revive;

	private final String countCrash;

	private final String leased;

	private final String lock;

	private final String nodes;

	private final String overdue;

	private final String select;

	private final String due;

	private final String deadLetters;

	private final String replay;

	private final String discard;

	private final String deadLettersOf;

	private final String find;

	private final String count;

	private final String expired;

	PostPhaseTable(DataSource dataSource, Database database, DatabaseClock clock, String table) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.database = database.customization();
		this.times = new StoredTimes(this.database, clock);
		String ofDeadLetter = " where task_instance = ? and dead_at is not null";
		String ofLease = " where task_name = ? and task_instance = ? and version = ?";
		String release = "update " + table + " set picked = ?, picked_by = null, last_heartbeat = null, "
				+ "version = version + 1, execution_time = ?";
		this.insert = "insert into " + table + " (task_name, task_instance, task_data, execution_time, picked, "
				+ "picked_by, version, owner, accepted_at, attempts, failures, deferrals, crashes) "
				+ "values (?, ?, ?, ?, true, ?, ?, ?, ?, 0, 0, 0, 0)";
		this.delete = "delete from " + table + ofLease;
		// In this order, because some databases see what the same statement has set
		String progress = ", last_checkpoint = case when checkpoints < ? then ? else last_checkpoint end, "
				+ "checkpoints = greatest(checkpoints, ?), crashes = ?";
		String failed = ", last_failure = ?, failure = ?, attempts = ?, failures = ?, deferrals = ?";
		this.retry = release + progress + failed + ofLease;
		this.bury = release + progress + failed + ", dead_at = ?" + ofLease;
		String unlessMovedOn = " = case when checkpoints < ? then 0 else ";
		this.handBack = release + ", failures" + unlessMovedOn + "failures end, deferrals" + unlessMovedOn
				+ "deferrals end" + progress + ofLease;
		String unlessRepeated = " = case when last_checkpoint = ? then ";
		// The same one again, too: the answer of a commit may have been lost
		this.checkpoint = "update " + table + " set crashes" + unlessRepeated + "crashes else 0 end, failures"
				+ unlessRepeated + "failures else 0 end, deferrals" + unlessRepeated
				+ "deferrals else 0 end, last_checkpoint = ?, checkpoints = ?" + ofLease + " and checkpoints <= ?";
		this.revive = release + ", attempts = ?, crashes = ?" + ofLease;
		this.countCrash = "update " + table + " set crashes = crashes + 1" + ofLease;
		this.leased = "select task_name, task_instance, version, owner, accepted_at, crashes from " + table
				+ " where picked = true and picked_by = ?";
		String rowColumns = "task_name, task_instance, version, owner, accepted_at, replayed_at, attempts, failures, "
				+ "deferrals, crashes, checkpoints, last_checkpoint";
		String withRow = "select " + rowColumns + " from " + table;
		this.lock = withRow + " where picked = true and picked_by = ?";
		this.nodes = "select distinct picked_by from " + table + " where picked = true";
		this.overdue = withRow + " where picked = false and execution_time <= ?";
		this.select = withRow + ofLease;
		this.due = "select 1 from " + table + " where picked = false and execution_time <= ?";
		this.deadLetters = "select task_instance, task_name, owner, accepted_at, dead_at, attempts, failure from "
				+ table + " where picked = false and execution_time >= ? and dead_at is not null order by dead_at desc";
		this.replay = "update " + table
				+ " set execution_time = ?, replayed_at = ?, dead_at = null, attempts = 0, failures = 0, "
				+ "deferrals = 0, crashes = 0, version = version + 1" + ofDeadLetter;
		// In two parts, because each has an index
		this.count = "select state, count(*) as total, min(execution_time) as oldest from (select case "
				+ "when execution_time >= ? then 'dead' when execution_time > ? then 'waiting' else 'due' end as state, "
				+ "execution_time from " + table + " where picked = false union all select 'leased' as state, "
				+ "execution_time from " + table + " where picked = true) states group by state";
		this.expired = "select task_name, task_instance, version, owner, accepted_at, crashes from " + table
				+ " where picked = false and execution_time >= ? and dead_at < ? order by dead_at";
		this.discard = "delete from " + table + ofDeadLetter;
		this.deadLettersOf = "select task_instance from " + table
				+ " where picked = false and execution_time >= ? and task_name = ? and dead_at <= ?";
		this.find = "select " + rowColumns + ", execution_time, picked_by, dead_at from " + table
				+ " where task_instance = ?";
	}

	/**
	 * Inserts post-phases that are leased from the beginning, in one batch.
	 */
	void insert(List<Lease> leases, String node) {
		Instant now = Instant.now();
		batch(this.insert, leases, (statement, lease) -> {
			statement.setString(1, lease.name());
			statement.setString(2, lease.id());
			this.database.setTaskData(statement, 3, lease.payload());
			setTime(statement, 4, now);
			statement.setString(5, node);
			statement.setLong(6, lease.version());
			statement.setString(7, lease.owner());
			setTime(statement, 8, lease.acceptedAt());
		});
	}

	/**
	 * Deletes post-phases.
	 * @return how many rows each deletion has changed, zero if the lease was lost
	 */
	int[] delete(List<Lease> leases) {
		return batch(this.delete, leases, (statement, lease) -> setLease(statement, 1, lease));
	}

	int[] retry(List<LeaseEnd.Retry> retries) {
		return batch(this.retry, retries, (statement, retry) -> {
			setRelease(statement, retry.due());
			setProgress(statement, 3, retry.progress());
			setFailure(statement, 7, retry.attempts(), retry.failure());
			setLease(statement, 12, retry.lease());
		});
	}

	int[] bury(List<LeaseEnd.Burial> burials) {
		return batch(this.bury, burials, (statement, burial) -> {
			setRelease(statement, NEVER);
			setProgress(statement, 3, burial.progress());
			setFailure(statement, 7, burial.attempts(), burial.failure());
			setTime(statement, 12, burial.deadAt());
			setLease(statement, 13, burial.lease());
		});
	}

	int[] handBack(List<Lease> leases, Instant due) {
		return handBack(leases.stream()
			.map((lease) -> new LeaseEnd.HandBack(lease, due, false, Progress.none(lease), null))
			.toList());
	}

	int[] handBack(List<LeaseEnd.HandBack> handBacks) {
		return batch(this.handBack, handBacks, (statement, handBack) -> {
			setRelease(statement, handBack.due());
			statement.setLong(3, number(handBack.progress()));
			statement.setLong(4, number(handBack.progress()));
			setProgress(statement, 5, handBack.progress());
			setLease(statement, 9, handBack.lease());
		});
	}

	/**
	 * Writes checkpoints. What has failed before one that has moved on does not count any
	 * more.
	 * @return how many rows each has changed, zero if the lease was lost, or there is a
	 * later checkpoint
	 */
	int[] checkpoint(List<CheckpointWriter.LeasedCheckpoint> checkpoints) {
		return batch(this.checkpoint, checkpoints, (statement, leased) -> {
			for (int index = 1; index <= 4; index++) {
				statement.setString(index, leased.checkpoint().cursor());
			}
			statement.setLong(5, leased.checkpoint().number());
			setLease(statement, 6, leased.lease());
			statement.setLong(9, leased.checkpoint().number());
		});
	}

	/**
	 * Ends leases of which the process has died.
	 * @return how many rows each has changed, zero if somebody else has ended the lease
	 */
	int[] revive(List<Revival> revivals) {
		return batch(this.revive, revivals, (statement, revival) -> {
			setRelease(statement, Instant.now());
			statement.setInt(3, revival.attempts());
			statement.setInt(4, revival.crashes());
			setLease(statement, 5, revival.lease());
		});
	}

	/**
	 * Counts a crash in advance, for the case that the process dies. All other ways to
	 * end the lease take it back.
	 * @return {@code false} if the lease was lost
	 */
	boolean countCrash(Lease lease) {
		return this.jdbc.update(this.countCrash, (statement) -> setLease(statement, 1, lease)) > 0;
	}

	/**
	 * What a node has leased, without payloads.
	 */
	List<Lease> leased(String node) {
		return this.jdbc.query(this.leased, (statement) -> statement.setString(1, node),
				(result, index) -> withoutPayload(result));
	}

	private Lease withoutPayload(ResultSet result) throws SQLException {
		return new Lease(result.getString("task_name"), result.getString("task_instance"), result.getLong("version"),
				result.getString("owner"), this.times.get(result, "accepted_at"), result.getInt("crashes"),
				new byte[0]);
	}

	/**
	 * The same with what is stored, and locks the rows, except for those that a
	 * transaction holds at the moment.
	 * @param node the node
	 * @param limit how many at most
	 */
	List<Leased> lock(String node, int limit) {
		return this.jdbc.query(this.lock + this.database.getQueryLimitPart(limit) + " for update skip locked",
				(statement) -> statement.setString(1, node),
				(result, index) -> new Leased(withoutPayload(result), row(result)));
	}

	/**
	 * The nodes that have leases.
	 */
	List<String> nodes() {
		return this.jdbc.queryForList(this.nodes, String.class);
	}

	/**
	 * What nobody has worked on for some time, and has none of the given names.
	 * @param since since when it is due
	 * @param names the names
	 * @param limit how many at most
	 * @param reason why they become dead letters
	 */
	List<LeaseEnd.Burial> overdue(Instant since, Collection<String> names, int limit, String reason) {
		String otherNames = (names.isEmpty()) ? ""
				: " and task_name not in (" + String.join(", ", Collections.nCopies(names.size(), "?")) + ")";
		return this.jdbc.query(this.overdue + otherNames + this.database.getQueryLimitPart(limit), (statement) -> {
			setTime(statement, 1, since);
			int index = 2;
			for (String name : names) {
				statement.setString(index++, name);
			}
		}, (result, index) -> burial(withoutPayload(result), row(result).attempts(), reason));
	}

	private static LeaseEnd.Burial burial(Lease lease, AttemptCount attempts, String reason) {
		return new LeaseEnd.Burial(lease, attempts, reason, Instant.now(), Progress.none(lease), null);
	}

	/**
	 * What is known about a post-phase that was taken over.
	 * @return the row, {@code null} if the lease was lost
	 */
	@Nullable Row find(String name, String id, long version) {
		return first(this.jdbc.query(this.select, (statement) -> setLease(statement, 1, name, id, version),
				(result, index) -> row(result)));
	}

	private static <T> @Nullable T first(List<T> rows) {
		return (rows.isEmpty()) ? null : rows.get(0);
	}

	/**
	 * How many are due, which nobody has picked.
	 * @param limit where to stop counting
	 */
	int countDue(int limit) {
		List<Integer> count = this.jdbc.query(
				"select count(*) from (" + this.due + this.database.getQueryLimitPart(limit) + ") due",
				(statement) -> setTime(statement, 1, Instant.now()), (result, index) -> result.getInt(1));
		return count.get(0);
	}

	/**
	 * The dead letters, the last one first.
	 */
	List<DeadLetter> deadLetters(int limit) {
		return this.jdbc.query(this.deadLetters + this.database.getQueryLimitPart(limit),
				(statement) -> setTime(statement, 1, NEVER),
				(result, index) -> new DeadLetter(result.getString("task_instance"), result.getString("task_name"),
						Lease.knownOwner(result.getString("owner")), this.times.get(result, "accepted_at"),
						this.times.get(result, "dead_at"), result.getInt("attempts"), result.getString("failure")));
	}

	boolean replay(String id) {
		Instant now = Instant.now();
		return this.jdbc.update(this.replay, (statement) -> {
			setTime(statement, 1, now);
			setTime(statement, 2, now);
			statement.setString(3, id);
		}) > 0;
	}

	boolean discard(String id) {
		return this.jdbc.update(this.discard, id) > 0;
	}

	/**
	 * The ids of the dead letters of a name.
	 * @param name the name, as it was stored
	 * @param until when they have become dead letters at the latest
	 * @param limit how many at most
	 */
	List<String> deadLettersOf(String name, Instant until, int limit) {
		return this.jdbc.query(this.deadLettersOf + this.database.getQueryLimitPart(limit), (statement) -> {
			setTime(statement, 1, NEVER);
			statement.setString(2, name);
			setTime(statement, 3, until);
		}, (result, index) -> result.getString("task_instance"));
	}

	/**
	 * Finds a post-phase, whichever node works on it.
	 * @return what is stored, {@code null} if there is none with that id
	 */
	@Nullable Found find(String id) {
		return first(this.jdbc.query(this.find, (statement) -> statement.setString(1, id),
				(result, index) -> new Found(withoutPayload(result), row(result), result.getString("picked_by"),
						this.times.get(result, "execution_time"), result.getTimestamp("dead_at") != null)));
	}

	/**
	 * How many there are of all nodes.
	 */
	StoredCounts count() {
		Map<String, Long> numbers = new HashMap<>();
		AtomicReference<@Nullable Instant> oldestDue = new AtomicReference<>();
		this.jdbc.query(this.count, (statement) -> {
			setTime(statement, 1, NEVER);
			setTime(statement, 2, Instant.now());
		}, (result) -> {
			String state = result.getString("state");
			numbers.put(state, result.getLong("total"));
			if (state.equals("due")) {
				oldestDue.set(this.times.get(result, "oldest"));
			}
		});
		return new StoredCounts(numbers.getOrDefault("leased", 0L), numbers.getOrDefault("due", 0L),
				numbers.getOrDefault("waiting", 0L), numbers.getOrDefault("dead", 0L), oldestDue.get());
	}

	/**
	 * Dead letters that have failed before a time, the first one first, without payloads.
	 * They can be deleted like leases, unless they are replayed meanwhile.
	 */
	List<Lease> expired(Instant before, int limit) {
		return this.jdbc.query(this.expired + this.database.getQueryLimitPart(limit), (statement) -> {
			setTime(statement, 1, NEVER);
			setTime(statement, 2, before);
		}, (result, index) -> withoutPayload(result));
	}

	/**
	 * What is known about the post-phase of a row.
	 */
	Row row(ResultSet result) throws SQLException {
		return new Row(result.getString("owner"), this.times.get(result, "accepted_at"),
				this.times.getIfSet(result, "replayed_at"),
				new AttemptCount(result.getInt("attempts"), result.getInt("failures"), result.getInt("deferrals")),
				result.getInt("crashes"), checkpoint(result));
	}

	private static @Nullable Checkpoint checkpoint(ResultSet result) throws SQLException {
		String cursor = result.getString("last_checkpoint");
		return (cursor != null) ? new Checkpoint(result.getLong("checkpoints"), cursor) : null;
	}

	private void setTime(PreparedStatement statement, int index, Instant time) throws SQLException {
		if (time.equals(NEVER)) {
			this.database.setInstant(statement, index, time);
		}
		else {
			this.times.set(statement, index, time);
		}
	}

	private static long number(Progress progress) {
		Checkpoint checkpoint = progress.checkpoint();
		return (checkpoint != null) ? checkpoint.number() : 0;
	}

	private static void setProgress(PreparedStatement statement, int index, Progress progress) throws SQLException {
		Checkpoint checkpoint = progress.checkpoint();
		statement.setLong(index, number(progress));
		statement.setString(index + 1, (checkpoint != null) ? checkpoint.cursor() : null);
		statement.setLong(index + 2, number(progress));
		statement.setInt(index + 3, progress.crashes());
	}

	private void setRelease(PreparedStatement statement, Instant due) throws SQLException {
		statement.setBoolean(1, false);
		setTime(statement, 2, due);
	}

	private void setFailure(PreparedStatement statement, int index, AttemptCount attempts, @Nullable String failure)
			throws SQLException {
		setTime(statement, index, Instant.now());
		statement.setString(index + 1, failure);
		statement.setInt(index + 2, attempts.started());
		statement.setInt(index + 3, attempts.failures());
		statement.setInt(index + 4, attempts.deferrals());
	}

	private static void setLease(PreparedStatement statement, int index, Lease lease) throws SQLException {
		setLease(statement, index, lease.name(), lease.id(), lease.version());
	}

	private static void setLease(PreparedStatement statement, int index, String name, String id, long version)
			throws SQLException {
		statement.setString(index, name);
		statement.setString(index + 1, id);
		statement.setLong(index + 2, version);
	}

	/**
	 * Executes a statement for each element. One alone is not a batch, because the driver
	 * of PostgreSQL would prepare it each time.
	 */
	private <T> int[] batch(String sql, List<T> elements, ParameterizedPreparedStatementSetter<T> setter) {
		if (elements.size() == 1) {
			return new int[] { this.jdbc.update(sql, (statement) -> setter.setValues(statement, elements.get(0))) };
		}
		int[][] counts = this.jdbc.batchUpdate(sql, elements, BATCH_SIZE, setter);
		return Arrays.stream(counts).flatMapToInt(Arrays::stream).toArray();
	}

	/**
	 * A post-phase that may be leased or not.
	 *
	 * @param lease the lease of whoever works on it, or the version that its row has
	 * without one
	 * @param row what is stored
	 * @param node who works on it, {@code null} if nobody does
	 * @param due when it is due
	 * @param dead whether it is a dead letter
	 */
	record Found(Lease lease, Row row, @Nullable String node, Instant due, boolean dead) {

	}

	/**
	 * A lease, and what else is stored.
	 *
	 * @param lease the lease, without the payload
	 * @param row what is stored
	 */
	record Leased(Lease lease, Row row) {

	}

	/**
	 * The end of a lease of which the process has died.
	 *
	 * @param lease the lease
	 * @param attempts the attempts that were started so far
	 * @param crashes how many processes have died while they had it
	 */
	record Revival(Lease lease, int attempts, int crashes) {

	}

	/**
	 * What is known about a stored post-phase.
	 *
	 * @param owner the name of the user
	 * @param acceptedAt when it was accepted
	 * @param replayedAt when it was replayed as a dead letter, {@code null} if it never
	 * was
	 * @param attempts the attempts so far
	 * @param crashes how often a process has died while it had it
	 * @param checkpoint how far it has got
	 */
	record Row(@Nullable String owner, Instant acceptedAt, @Nullable Instant replayedAt, AttemptCount attempts,
			int crashes, @Nullable Checkpoint checkpoint) {

	}

}
