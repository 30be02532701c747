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
import java.util.Collection;
import java.util.List;

import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.JdbcTaskRepositoryContext;
import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.TaskInstance;

/**
 * Lets the scheduler pick by {@link DuePostPhases}, on all databases alike. What it would
 * do itself runs at the isolation of the pool, and neither on MariaDB nor on H2.
 */
final class PickingCustomization implements JdbcCustomization {

	private final JdbcCustomization database;

	private final DuePostPhases due;

	private final Collection<String> names;

	/**
	 * Creates it.
	 * @param database how the database stores values
	 * @param due picks what is due
	 * @param names the names of the post-phases to pick
	 */
	PickingCustomization(JdbcCustomization database, DuePostPhases due, Collection<String> names) {
		this.database = database;
		this.due = due;
		this.names = names;
	}

	@Override
	public boolean supportsSingleStatementLockAndFetch() {
		return true;
	}

	@Override
	public List<Execution> lockAndFetchSingleStatement(JdbcTaskRepositoryContext context, Instant now, int limit,
			boolean orderByPriority) {
		String node = context.schedulerName.getName();
		return this.due.pick(this.names, now, limit).stream().map((picked) -> execution(picked, now, node)).toList();
	}

	private static Execution execution(DuePostPhases.Picked picked, Instant now, String node) {
		Lease lease = picked.lease();
		return new Execution(picked.due(), new TaskInstance<>(lease.name(), lease.id(), picked), true, node, null, null,
				0, now, lease.version());
	}

	@Override
	public boolean supportsGenericLockAndFetch() {
		return false;
	}

	@Override
	public String createGenericSelectForUpdateQuery(String tableName, int limit, String requiredAndCondition,
			boolean orderByPriority) {
		throw new UnsupportedOperationException();
	}

	@Override
	public String createSelectDueQuery(String tableName, int limit, String andCondition, boolean orderByPriority) {
		return this.database.createSelectDueQuery(tableName, limit, andCondition, orderByPriority);
	}

	@Override
	public String getName() {
		return this.database.getName();
	}

	@Override
	public void setInstant(PreparedStatement statement, int index, Instant value) throws SQLException {
		this.database.setInstant(statement, index, value);
	}

	@Override
	public Instant getInstant(ResultSet result, String columnName) throws SQLException {
		return this.database.getInstant(result, columnName);
	}

	@Override
	public void setTaskData(PreparedStatement statement, int index, byte[] value) throws SQLException {
		this.database.setTaskData(statement, index, value);
	}

	@Override
	public byte[] getTaskData(ResultSet result, String columnName) throws SQLException {
		return this.database.getTaskData(result, columnName);
	}

	@Override
	public boolean supportsExplicitQueryLimitPart() {
		return this.database.supportsExplicitQueryLimitPart();
	}

	@Override
	public String getQueryLimitPart(int limit) {
		return this.database.getQueryLimitPart(limit);
	}

}
