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
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import javax.sql.DataSource;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.DurablePage;
import io.github.earlyresponse.DurablePostPhase;
import io.github.earlyresponse.DurableQuery;
import io.github.earlyresponse.PostPhaseExecution.State;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseProgress;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.PreparedStatementSetter;
import org.springframework.util.Assert;

/**
 * Reads the post-phases of all nodes from the tables, for those who follow them. Times
 * are by the clock of the database, so that they are the same at each node.
 */
final class StatusReader {

	/** What the tables say if nobody has stored what runs. */
	private static final String WITHOUT_PROGRESS = "null as running_version, 0 as running_attempt, "
			+ "null as responded_at, null as started_at, null as delivery, null as done, null as total, null as message";

	private static final String WITH_PROGRESS = "r.version as running_version, r.attempt as running_attempt, "
			+ "r.responded_at, r.started_at, r.delivery, r.done, r.total, r.message";

	private static final Instant EARLIEST = Instant.EPOCH;

	private final JdbcTemplate jdbc;

	private final StoredTimes times;

	private final FinishedTable finished;

	private final boolean enabled;

	private final UnaryOperator<String> names;

	private final String select;

	/**
	 * Creates the reader.
	 * @param dataSource where the tables are
	 * @param times the times in them
	 * @param finished what has ended
	 * @param settings whether nodes store what runs, and what has ended
	 * @param names the current name of a post-phase, given the one with which it was
	 * stored
	 * @param table the name of the table of post-phases
	 */
	StatusReader(DataSource dataSource, StoredTimes times, FinishedTable finished, StatusSettings settings,
			UnaryOperator<String> names, String table) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.times = times;
		this.finished = finished;
		this.enabled = settings.enabled();
		this.names = names;
		this.select = "select p.task_name, p.task_instance, p.owner, p.accepted_at, p.execution_time, p.picked_by, "
				+ "p.version, p.attempts, p.dead_at, p.failure, " + ((this.enabled) ? WITH_PROGRESS : WITHOUT_PROGRESS)
				+ " from " + table + " p"
				+ ((this.enabled) ? " left join " + ProgressTable.name(table) + " r on r.id = p.task_instance" : "");
	}

	/**
	 * Finds post-phases, by one query as long as all of them are in flight.
	 */
	Map<String, DurablePostPhase> find(Collection<String> ids) {
		Map<String, DurablePostPhase> found = new HashMap<>();
		for (InClause in : InClause.of(ids)) {
			this.jdbc
				.query(this.select + " where p.task_instance " + in, (result, index) -> stored(result), in.values())
				.forEach((postPhase) -> found.put(postPhase.id(), postPhase));
		}
		// In this order, because what has ended is there before it has left the others
		List<String> ended = ids.stream()
			.filter((id) -> !found.containsKey(id) || found.get(id).outcome() != null)
			.toList();
		if (this.enabled && !ended.isEmpty()) {
			this.finished.find(ended)
				.forEach((status) -> found.put(status.id(), finished(status, found.containsKey(status.id()))));
		}
		return found;
	}

	private DurablePostPhase finished(FinishedStatus status, boolean dead) {
		return new DurablePostPhase(status.id(), this.names.apply(status.name()), State.FINISHED, status.owner(),
				status.acceptedAt(), status.respondedAt(), status.startedAt(), status.finishedAt(), status.attempt(),
				null, status.delivery(), status.progress(), status.outcome(), status.failure(), null, dead);
	}

	/**
	 * Lists post-phases, those that were accepted first at the beginning.
	 */
	DurablePage list(DurableQuery query) {
		Conditions conditions = new Conditions();
		conditions.add("p.task_name = ?", query.name());
		conditions.add("p.owner = ?", query.owner());
		conditions.addTime("p.accepted_at < ?", query.acceptedBefore());
		conditions.add(query.state());
		conditions.addAfter(query.after());
		List<Listed> rows = this.jdbc.query(
				this.select + conditions.where() + " order by p.accepted_at, p.task_instance"
						+ this.times.database().getQueryLimitPart(query.limit() + 1),
				conditions, (result, index) -> new Listed(stored(result), position(result)));
		boolean more = rows.size() > query.limit();
		List<Listed> page = (more) ? rows.subList(0, query.limit()) : rows;
		return new DurablePage(page.stream().map(Listed::postPhase).toList(),
				(more) ? page.get(page.size() - 1).position() : null);
	}

	/**
	 * Where a row is among all others, by the clock of the database.
	 */
	private String position(ResultSet result) throws SQLException {
		return this.times.stored(result, "accepted_at") + "_" + result.getString("task_instance");
	}

	private DurablePostPhase stored(ResultSet result) throws SQLException {
		Instant deadAt = this.times.storedIfSet(result, "dead_at");
		String node = result.getString("picked_by");
		Instant due = this.times.stored(result, "execution_time");
		State state = (deadAt != null) ? State.FINISHED : (node != null) ? leasedState(result)
				: (due.isAfter(this.times.clock().now())) ? State.WAITING : State.QUEUED;
		// What only its node knew may not be stored yet, or be of another attempt
		int current = (!this.enabled && node != null) ? 1 : 0;
		int attempt = Math.max(result.getInt("attempts") + current, result.getInt("running_attempt"));
		Delivery delivery = (result.getString("delivery") != null) ? Delivery.valueOf(result.getString("delivery"))
				: Delivery.UNKNOWN;
		PostPhaseProgress progress = StoredProgress.get(result);
		return new DurablePostPhase(result.getString("task_instance"), this.names.apply(result.getString("task_name")),
				state, result.getString("owner"), this.times.stored(result, "accepted_at"),
				ifEnabled(result, "responded_at"), ifEnabled(result, "started_at"), deadAt, attempt,
				(state == State.WAITING) ? due : null, delivery, progress,
				(deadAt != null) ? PostPhaseOutcome.FAILED : null, result.getString("failure"), node, deadAt != null);
	}

	private @Nullable Instant ifEnabled(ResultSet result, String column) throws SQLException {
		return (this.enabled) ? this.times.storedIfSet(result, column) : null;
	}

	private State leasedState(ResultSet result) throws SQLException {
		boolean running = !this.enabled || result.getLong("running_version") == result.getLong("version");
		return (running) ? State.RUNNING : State.QUEUED;
	}

	/**
	 * A row of a list.
	 *
	 * @param postPhase the post-phase
	 * @param position where it is
	 */
	private record Listed(DurablePostPhase postPhase, String position) {

	}

	/**
	 * The conditions of a list, with their values.
	 */
	private final class Conditions implements PreparedStatementSetter {

		private final List<String> conditions = new ArrayList<>();

		private final List<Object> values = new ArrayList<>();

		void add(String condition, @Nullable String value) {
			if (value != null) {
				this.conditions.add(condition);
				this.values.add(value);
			}
		}

		void addTime(String condition, @Nullable Instant time) {
			if (time != null) {
				this.conditions.add(condition);
				this.values.add((time.isBefore(EARLIEST)) ? EARLIEST : time);
			}
		}

		void add(DurableQuery.@Nullable State state) {
			Instant now = StatusReader.this.times.clock().now();
			if (state == null) {
				return;
			}
			switch (state) {
				case LEASED -> this.conditions.add("p.picked = true");
				case DUE -> {
					this.conditions.add("p.picked = false");
					addTime("p.execution_time <= ?", now);
				}
				case WAITING -> {
					this.conditions.add("p.picked = false and p.dead_at is null");
					addTime("p.execution_time > ?", now);
				}
				case DEAD -> this.conditions.add("p.picked = false and p.dead_at is not null");
			}
		}

		void addAfter(@Nullable String position) {
			if (position == null) {
				return;
			}
			int end = position.indexOf('_');
			try {
				Instant acceptedAt = Instant.parse(position.substring(0, Math.max(0, end)));
				Assert.isTrue(!acceptedAt.isBefore(EARLIEST) && acceptedAt.isBefore(PostPhaseTable.NEVER),
						() -> "This is not the end of a page: " + position);
				this.conditions.add("(p.accepted_at > ? or (p.accepted_at = ? and p.task_instance > ?))");
				this.values.addAll(List.of(acceptedAt, acceptedAt, position.substring(end + 1)));
			}
			catch (DateTimeException ex) {
				throw new IllegalArgumentException("This is not the end of a page: " + position, ex);
			}
		}

		String where() {
			return (this.conditions.isEmpty()) ? "" : " where " + String.join(" and ", this.conditions);
		}

		@Override
		public void setValues(PreparedStatement statement) throws SQLException {
			for (int i = 0; i < this.values.size(); i++) {
				Object value = this.values.get(i);
				if (value instanceof Instant time) {
					StatusReader.this.times.database().setInstant(statement, i + 1, time);
				}
				else {
					statement.setString(i + 1, (String) value);
				}
			}
		}

	}

}
