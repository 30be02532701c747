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

import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import javax.sql.DataSource;

import io.github.earlyresponse.engine.StoreClient;
import org.jspecify.annotations.Nullable;

/**
 * The tables that all nodes share to know of each other's post-phases, and what works on
 * them.
 *
 * @param dataSource where they are
 * @param database how the database stores values
 * @param clock the clock of the database
 * @param postPhaseTable the name of the table of post-phases
 */
record StatusTables(DataSource dataSource, Database database, DatabaseClock clock, String postPhaseTable) {

	/**
	 * Checks that the tables are there.
	 * @param check checks one
	 * @param postPhaseTable the name of the table of post-phases
	 * @param statusEnabled whether the status of post-phases is stored
	 */
	static void check(TableCheck check, String postPhaseTable, boolean statusEnabled) {
		check.check(CancellationTable.name(postPhaseTable), CancellationTable.COLUMNS);
		if (statusEnabled) {
			check.check(ProgressTable.name(postPhaseTable), ProgressTable.COLUMNS);
			check.check(FinishedTable.name(postPhaseTable), FinishedTable.COLUMNS);
		}
	}

	StatusWriter writer(OwnTransaction transaction, StatusSettings settings) {
		return new StatusWriter(new ProgressTable(this.dataSource, times(), this.postPhaseTable), finished(settings),
				transaction.readCommitted(), settings);
	}

	StatusReader reader(StatusSettings settings, UnaryOperator<String> names) {
		return new StatusReader(this.dataSource, times(), finished(settings), settings, names, this.postPhaseTable);
	}

	Cancellations cancellations(PostPhaseTable table, OwnTransaction transaction, StatusWriter statuses,
			UnaryOperator<String> names, String node, Supplier<@Nullable StoreClient> client) {
		return new Cancellations(table, new CancellationTable(this.dataSource, this.database, this.postPhaseTable),
				transaction.readCommitted(), statuses, names, node, client);
	}

	private FinishedTable finished(StatusSettings settings) {
		return new FinishedTable(this.dataSource, times(), settings.keepFor(), this.postPhaseTable);
	}

	private StoredTimes times() {
		return new StoredTimes(this.database.customization(), this.clock);
	}

}
