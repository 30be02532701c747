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

import io.github.earlyresponse.PostPhaseProgress;
import org.jspecify.annotations.Nullable;

/**
 * Progress in the columns of a table.
 */
final class StoredProgress {

	static final String COLUMNS = "done, total, message";

	private StoredProgress() {
	}

	static void set(PreparedStatement statement, int index, @Nullable PostPhaseProgress progress) throws SQLException {
		if (progress != null) {
			statement.setLong(index, progress.done());
			statement.setLong(index + 1, progress.total());
			String message = progress.message();
			statement.setString(index + 2, (message != null) ? FailureText.storable(message) : null);
		}
		else {
			statement.setNull(index, Types.BIGINT);
			statement.setNull(index + 1, Types.BIGINT);
			statement.setNull(index + 2, Types.VARCHAR);
		}
	}

	static @Nullable PostPhaseProgress get(ResultSet result) throws SQLException {
		long done = result.getLong("done");
		return (result.wasNull()) ? null
				: new PostPhaseProgress(done, result.getLong("total"), result.getString("message"));
	}

}
