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
import java.util.List;

import javax.sql.DataSource;

import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The statements on the table of nodes: when each was heard of for the last time, by the
 * clock of the database. The leases of a node are valid as long as it is heard of.
 * <p>
 * A heartbeat does not touch the rows of post-phases. It costs the same however many
 * there are, waits for no transaction that holds one of them, and changes nothing that
 * such a transaction has read.
 */
final class NodeTable {

	private final JdbcTemplate jdbc;

	private final Database database;

	private final JdbcCustomization customization;

	private final String beat;

	private final String insert;

	private final String now;

	private final String select;

	private final String find;

	private final String lock;

	private final String delete;

	NodeTable(DataSource dataSource, Database database, String postPhaseTable) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.database = database;
		this.customization = database.customization();
		String table = name(postPhaseTable);
		this.beat = "update " + table + " set last_heartbeat = " + database.now() + " where name = ?";
		this.insert = "insert into " + table + " (name, last_heartbeat) values (?, " + database.now() + ")";
		this.now = "select " + database.now() + " as read_at";
		this.select = "select name, last_heartbeat, " + database.now() + " as read_at from " + table;
		this.find = this.select + " where name = ?";
		this.lock = this.find + " for update skip locked";
		this.delete = "delete from " + table + " where name = ?";
	}

	/**
	 * The name of the table of nodes.
	 * @param postPhaseTable the name of the table of post-phases
	 */
	static String name(String postPhaseTable) {
		return postPhaseTable + "_node";
	}

	/**
	 * A node is alive. If it seemed to be dead, this waits until what it had was taken
	 * over.
	 */
	void beat(String node) {
		if (this.jdbc.update(this.beat, node) == 0) {
			add(node);
		}
	}

	/**
	 * The same in one statement, as long as the node is alive.
	 * @param node the node
	 * @param leaseTime the time without heartbeat after which it is dead
	 * @return {@code false} if it was dead before, so that others may have taken over
	 * what it had, or was not known
	 */
	boolean beatIfAlive(String node, Duration leaseTime) {
		boolean alive = this.jdbc.update(this.beat + " and last_heartbeat >= " + this.database.ago(leaseTime),
				node) > 0;
		if (!alive) {
			beat(node);
		}
		return alive;
	}

	/**
	 * The time of the database.
	 */
	Instant now() {
		return this.jdbc.query(this.now, (result, index) -> this.customization.getInstant(result, "read_at")).get(0);
	}

	/**
	 * Adds a node, which is heard of now for the first time.
	 */
	void add(String node) {
		this.jdbc.update(this.insert, node);
	}

	List<Node> findAll() {
		return this.jdbc.query(this.select, (result, index) -> node(result));
	}

	/**
	 * Locks a node, which is not heard of meanwhile.
	 * @return the node, {@code null} if there is no such node, or somebody else has
	 * locked it
	 */
	@Nullable Node lock(String name) {
		return find(this.lock, name);
	}

	@Nullable Node find(String name) {
		return find(this.find, name);
	}

	private @Nullable Node find(String statement, String name) {
		List<Node> nodes = this.jdbc.query(statement, (result, index) -> node(result), name);
		return (nodes.isEmpty()) ? null : nodes.get(0);
	}

	void remove(String node) {
		this.jdbc.update(this.delete, node);
	}

	private Node node(ResultSet result) throws SQLException {
		Instant lastHeartbeat = this.customization.getInstant(result, "last_heartbeat");
		return new Node(result.getString("name"), lastHeartbeat,
				Duration.between(lastHeartbeat, this.customization.getInstant(result, "read_at")));
	}

	/**
	 * A node.
	 *
	 * @param name its name
	 * @param lastHeartbeat when it was heard of, by the clock of the database
	 * @param silence the time since then
	 */
	record Node(String name, Instant lastHeartbeat, Duration silence) {

	}

}
