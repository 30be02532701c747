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
import java.sql.Types;
import java.time.Instant;

import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Times in a table, which are by the clock of the database, as times by the clock of this
 * node.
 *
 * @param database how the database stores times
 * @param clock the clock of the database
 */
record StoredTimes(JdbcCustomization database, DatabaseClock clock) {

	void set(PreparedStatement statement, int index, @Nullable Instant time) throws SQLException {
		if (time != null) {
			this.database.setInstant(statement, index, this.clock.toDatabase(time));
		}
		else {
			statement.setNull(index, Types.TIMESTAMP);
		}
	}

	Instant get(ResultSet result, String column) throws SQLException {
		Instant time = getIfSet(result, column);
		Assert.state(time != null, () -> "There is no time in " + column);
		return time;
	}

	@Nullable Instant getIfSet(ResultSet result, String column) throws SQLException {
		Instant time = this.database.getInstant(result, column);
		return (time != null) ? this.clock.toLocal(time) : null;
	}

}
