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

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import javax.sql.DataSource;

import io.github.earlyresponse.engine.IdempotencyClaim;
import io.github.earlyresponse.engine.IdempotentRequest;
import io.github.earlyresponse.engine.StoredResult;
import org.h2.Driver;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link JdbcIdempotencyStore}, without requests.
 */
class JdbcIdempotencyStoreTests {

	private static final IdempotentRequest REQUEST = new IdempotentRequest("id", "fingerprint", String.class,
			"the handler");

	private static final StoredResult RESULT = new StoredResult(201, Map.of("ETag", List.of("7")), "a", List.of("1"));

	private final DataSource dataSource = new SimpleDriverDataSource(new Driver(),
			"jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");

	private final JdbcIdempotencyStore store = store();

	private JdbcIdempotencyStore store() {
		JdbcProperties properties = new JdbcProperties();
		properties.setInitializeSchema(DatabaseInitializationMode.ALWAYS);
		new EarlyResponseSchemaInitializer(this.dataSource, properties).initializeDatabase();
		Database database = Database.of(this.dataSource, properties, true);
		JdbcIdempotencyStore store = new JdbcIdempotencyStore(
				() -> new RequestTable(this.dataSource, database.customization(), properties.getRequestTable()),
				new JoinableTransaction(this.dataSource), new OwnTransaction(this.dataSource),
				new ResultCodec(JsonMapper.builder().build(), DataSize.ofKilobytes(1)),
				new IdempotencySettings("self", Duration.ofHours(1), Duration.ofSeconds(4), Duration.ofSeconds(1)),
				(node) -> false);
		store.prepare();
		return store;
	}

	/**
	 * As transaction managers report a commit whose answer was lost, if the rollback that
	 * follows does not fail.
	 */
	@Test
	void keepsResultOfCommitThatIsReportedAsRollback() {
		JdbcTransactionManager transactions = new JdbcTransactionManager(this.dataSource) {

			@Override
			protected void doCommit(DefaultTransactionStatus status) {
				super.doCommit(status);
				throw new DataAccessResourceFailureException("wanted");
			}

		};
		transactions.setRollbackOnCommitFailure(true);
		IdempotencyClaim.Granted claim = claim();
		assertThatExceptionOfType(DataAccessResourceFailureException.class).isThrownBy(
				() -> new TransactionTemplate(transactions).executeWithoutResult((status) -> claim.store(RESULT)));
		claim.end(false);
		assertThat(this.store.claim(REQUEST)).isEqualTo(new IdempotencyClaim.Repeated(RESULT));
	}

	@Test
	void keepsNothingOfRollback() {
		IdempotencyClaim.Granted claim = claim();
		new TransactionTemplate(new JdbcTransactionManager(this.dataSource)).executeWithoutResult((status) -> {
			claim.store(RESULT);
			status.setRollbackOnly();
		});
		claim.end(false);
		claim();
	}

	@Test
	void keepsNothingOfCommitWhoseResponseFails() {
		IdempotencyClaim.Granted claim = claim();
		new TransactionTemplate(new JdbcTransactionManager(this.dataSource))
			.executeWithoutResult((status) -> claim.store(RESULT));
		claim.end(false);
		claim();
	}

	private IdempotencyClaim.Granted claim() {
		IdempotencyClaim claim = this.store.claim(REQUEST);
		assertThat(claim).isInstanceOf(IdempotencyClaim.Granted.class);
		return (IdempotencyClaim.Granted) claim;
	}

}
