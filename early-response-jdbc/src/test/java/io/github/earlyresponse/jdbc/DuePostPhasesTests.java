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
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Nodes share what is due, on each database, with a pool whose defaults are not those
 * that they need.
 */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class DuePostPhasesTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private static final List<String> NAMES = List.of("work", "other");

	private final HikariDataSource dataSource;

	private final JdbcClient jdbc;

	private final PostPhaseTable table;

	private final OwnTransaction transaction;

	private final DatabaseClock clock = new DatabaseClock(InstantSource.system());

	private final Database database;

	DuePostPhasesTests(TestDatabase database) {
		String url = database.properties().get(0).substring("spring.datasource.url=".length());
		this.dataSource = DataSourceBuilder.create().type(HikariDataSource.class).url(url).build();
		this.dataSource.setAutoCommit(false);
		this.dataSource.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
		JdbcProperties properties = new JdbcProperties();
		properties.setInitializeSchema(DatabaseInitializationMode.ALWAYS);
		new EarlyResponseSchemaInitializer(this.dataSource, properties).initializeDatabase();
		this.jdbc = JdbcClient.create(this.dataSource);
		this.database = Database.of(this.dataSource, properties);
		this.table = new PostPhaseTable(this.dataSource, this.database, this.clock, properties.getTable());
		this.transaction = new OwnTransaction(this.dataSource);
	}

	@AfterEach
	void close() {
		this.dataSource.close();
	}

	@Test
	void picksWhatHasBeenDueForTheLongestTime() {
		Instant now = Instant.now();
		store("work", "later", now.minusSeconds(1));
		store("other", "first", now.minusSeconds(3));
		store("unknown", "unknown", now.minusSeconds(4));
		store("work", "second", now.minusSeconds(2));
		store("work", "tomorrow", now.plusSeconds(86_400));
		List<DuePostPhases.Picked> picked = node("a").pick(NAMES, this.clock.now(), 2);
		assertThat(picked).extracting((each) -> each.lease().id()).containsExactly("first", "second");
		assertThat(picked.get(0).due()).isBetween(now.minusMillis(3001), now.minusMillis(2999));
		assertThat(picked.get(0).lease().payload()).containsExactly(1, 2, 3);
		// What has the lease can end it
		assertThat(this.transaction
			.<int[]>execute((status) -> this.table.delete(picked.stream().map(DuePostPhases.Picked::lease).toList())))
			.containsExactly(1, 1);
		assertThat(node("b").pick(NAMES, this.clock.now(), 10)).extracting((each) -> each.lease().id())
			.containsExactly("later");
		assertThat(node("b").pick(List.of(), this.clock.now(), 10)).isEmpty();
	}

	/**
	 * Neither waits for the other, nor locks more than it picks. On H2 both want the same
	 * ones.
	 */
	@Test
	void leavesOutWhatAnotherNodeIsPicking() {
		store(20);
		List<String> others = new OwnTransaction(this.dataSource).readCommitted().execute((status) -> {
			List<String> locked = node("a").lock(NAMES, this.clock.now(), 10)
				.stream()
				.map((picked) -> picked.lease().id())
				.toList();
			CompletableFuture<List<DuePostPhases.Picked>> other = CompletableFuture
				.supplyAsync(() -> node("b").pick(NAMES, this.clock.now(), 10), (task) -> new Thread(task).start());
			assertThat(other).succeedsWithin(TIMEOUT)
				.satisfies((picked) -> assertThat(picked).hasSize((this.database.locksBeyondLimit()) ? 0 : 10)
					.extracting((each) -> each.lease().id())
					.doesNotContainAnyElementsOf(locked));
			return locked;
		});
		assertThat(others).hasSize(10);
	}

	@Test
	void nodesShareWhatIsDueWithoutCollisions() {
		int number = 600;
		store(number);
		List<CompletableFuture<List<String>>> nodes = new ArrayList<>();
		for (String name : List.of("a", "b", "c")) {
			nodes.add(CompletableFuture.supplyAsync(() -> pickAll(node(name)), (task) -> new Thread(task).start()));
		}
		List<String> picked = new ArrayList<>();
		nodes.forEach((node) -> assertThat(node).succeedsWithin(TIMEOUT).satisfies(picked::addAll));
		assertThat(picked).hasSize(number).doesNotHaveDuplicates();
		assertThat(this.jdbc
			.sql("select count(*) from early_response_post_phase where picked = true and picked_by in ('a', 'b', 'c')")
			.query(Integer.class)
			.single()).isEqualTo(number);
	}

	private List<String> pickAll(DuePostPhases node) {
		List<String> all = new ArrayList<>();
		List<DuePostPhases.Picked> picked;
		do {
			picked = node.pick(NAMES, this.clock.now(), 7);
			picked.forEach((each) -> all.add(each.lease().id()));
		}
		while (!picked.isEmpty());
		return all;
	}

	private DuePostPhases node(String name) {
		return new DuePostPhases(this.dataSource, this.database, this.clock, this.table, JdbcProperties.DEFAULT_TABLE,
				name, Duration.ofDays(1));
	}

	private void store(int number) {
		Instant now = Instant.now();
		List<Lease> leases = new ArrayList<>();
		for (int i = 0; i < number; i++) {
			leases.add(lease("work", "id-" + i));
		}
		store(leases, now.minusSeconds(1));
	}

	private void store(String name, String id, Instant due) {
		store(Collections.singletonList(lease(name, id)), due);
	}

	private void store(List<Lease> leases, Instant due) {
		this.transaction.executeWithoutResult((status) -> {
			this.table.insert(leases, "self");
			this.table.handBack(leases, due);
		});
	}

	private static Lease lease(String name, String id) {
		return new Lease(name, id, 1, null, Instant.now(), 0, new byte[] { 1, 2, 3 });
	}

}
