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

import java.util.List;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The statements on the table of post-phases that are to be cancelled by the node that
 * works on them. It is empty most of the time.
 */
final class CancellationTable {

	static final List<String> COLUMNS = List.of("id", "grace_millis");

	private static final int LIMIT = 500;

	private final JdbcTemplate jdbc;

	private final String shorten;

	private final String insert;

	private final String select;

	private final String delete;

	CancellationTable(DataSource dataSource, Database database, String postPhaseTable) {
		this.jdbc = new JdbcTemplate(dataSource);
		String table = name(postPhaseTable);
		this.shorten = "update " + table + " set grace_millis = least(grace_millis, ?) where id = ?";
		this.insert = "insert into " + table + " (grace_millis, id) values (?, ?)";
		this.select = "select id, grace_millis, picked_by from " + table + " left join " + postPhaseTable
				+ " on task_instance = id and dead_at is null" + database.customization().getQueryLimitPart(LIMIT);
		this.delete = "delete from " + table + " where id = ?";
	}

	/**
	 * The name of the table.
	 * @param postPhaseTable the name of the table of post-phases
	 */
	static String name(String postPhaseTable) {
		return postPhaseTable + "_cancellation";
	}

	/**
	 * Shortens the grace period of one that was added before.
	 * @return {@code false} if there is none
	 */
	boolean shorten(String id, long graceMillis) {
		return this.jdbc.update(this.shorten, graceMillis, id) > 0;
	}

	void insert(String id, long graceMillis) {
		this.jdbc.update(this.insert, graceMillis, id);
	}

	List<Cancellation> findAll() {
		return this.jdbc.query(this.select, (result, index) -> new Cancellation(result.getString("id"),
				result.getLong("grace_millis"), result.getString("picked_by")));
	}

	void delete(String id) {
		this.jdbc.update(this.delete, id);
	}

	/**
	 * A post-phase that is to be cancelled.
	 *
	 * @param id its id
	 * @param graceMillis the time until it is interrupted
	 * @param node the node that works on it, {@code null} if none does, or it has ended
	 */
	record Cancellation(String id, long graceMillis, @Nullable String node) {

	}

}
