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

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import com.zaxxer.hikari.HikariDataSource;
import io.github.earlyresponse.engine.AttemptCount;
import io.github.earlyresponse.engine.StoredCounts;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The statements on the table, on all databases.
 */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class PostPhaseTableTests {

	private static final String NODE = "node";

	private final HikariDataSource dataSource;

	private final PostPhaseTable table;

	private final TransactionTemplate transaction;

	PostPhaseTableTests(TestDatabase database) {
		String url = database.properties().get(0).substring("spring.datasource.url=".length());
		this.dataSource = DataSourceBuilder.create().type(HikariDataSource.class).url(url).build();
		JdbcProperties properties = new JdbcProperties();
		properties.setInitializeSchema(DatabaseInitializationMode.ALWAYS);
		new EarlyResponseSchemaInitializer(this.dataSource, properties).initializeDatabase();
		this.table = new PostPhaseTable(this.dataSource, Database.of(this.dataSource, properties, true),
				new DatabaseClock(InstantSource.system()), properties.getTable());
		this.transaction = new TransactionTemplate(new JdbcTransactionManager(this.dataSource));
	}

	@AfterEach
	void close() {
		this.dataSource.close();
	}

	@Test
	void readsWhatItHasWritten() {
		Instant acceptedAt = Instant.parse("2026-03-29T01:30:00.123456Z");
		Lease lease = new Lease("näme", "1", 1, "Ömer 😀", acceptedAt, 0, new byte[100_000]);
		this.table.insert(List.of(lease), NODE);
		assertThat(this.table.find("näme", "1", 1)).satisfies((row) -> {
			assertThat(row.owner()).isEqualTo("Ömer 😀");
			assertThat(row.acceptedAt()).isEqualTo(acceptedAt);
		});
		Instant before = Instant.now();
		this.table.bury(List.of(new LeaseEnd.Burial(lease, new AttemptCount(3, 2, 1), "😀".repeat(500), Instant.now(),
				Progress.none(lease), null)));
		assertThat(this.table.deadLetters(10)).singleElement().satisfies((deadLetter) -> {
			assertThat(deadLetter.acceptedAt()).isEqualTo(acceptedAt);
			assertThat(deadLetter.deadAt()).isBetween(before.minusMillis(1), Instant.now().plusMillis(1));
			assertThat(deadLetter.attempts()).isEqualTo(3);
			assertThat(deadLetter.failure()).isEqualTo("😀".repeat(500));
		});
		assertThat(this.table.discard("1")).isTrue();
	}

	@Test
	void changesNothingWithoutTheLease() {
		Lease lease = insert("1");
		Lease lost = new Lease(lease.name(), lease.id(), 2, null, lease.acceptedAt(), 0, new byte[0]);
		assertThat(this.table.delete(List.of(lost))).containsExactly(0);
		assertThat(this.table.handBack(List.of(lost), Instant.now())).containsExactly(0);
		assertThat(this.table.countCrash(lost)).isFalse();
		assertThat(this.table.delete(List.of(lease))).containsExactly(1);
	}

	@Test
	void countsByState() {
		assertThat(this.table.count()).isEqualTo(new StoredCounts(0, 0, 0, 0, null));
		Instant due = Instant.now().minusSeconds(60).truncatedTo(ChronoUnit.MILLIS);
		insert("1");
		this.table.handBack(List.of(insert("2")), due);
		this.table.handBack(List.of(insert("3")), due.plusSeconds(30));
		this.table.handBack(List.of(insert("4")), Instant.now().plusSeconds(3600));
		bury(insert("5"), Instant.now());
		assertThat(this.table.count()).isEqualTo(new StoredCounts(1, 2, 1, 1, due));
	}

	@Test
	void deletesExpiredDeadLettersUnlessTheyWereReplayed() {
		Instant deadAt = Instant.now().minusSeconds(60);
		for (String id : List.of("1", "2", "3")) {
			bury(insert(id), deadAt.plusSeconds(Long.parseLong(id)));
		}
		bury(insert("4"), Instant.now());
		insert("5");
		assertThat(this.table.expired(deadAt.plusSeconds(30), 1)).extracting(Lease::id).containsExactly("1");
		List<Lease> expired = this.table.expired(deadAt.plusSeconds(30), 10);
		assertThat(expired).extracting(Lease::id).containsExactly("1", "2", "3");
		assertThat(this.table.replay("2")).isTrue();
		assertThat(this.table.delete(expired)).containsExactly(1, 0, 1);
		assertThat(this.table.count()).satisfies((counts) -> {
			assertThat(counts.due()).as("replayed").isOne();
			assertThat(counts.dead()).as("not expired").isOne();
		});
	}

	private void bury(Lease lease, Instant deadAt) {
		this.table
			.bury(List.of(new LeaseEnd.Burial(lease, AttemptCount.NONE, "wanted", deadAt, Progress.none(lease), null)));
	}

	@Test
	void laterCheckpointIsNeverReplacedByEarlierOne() {
		Lease lease = insert("work");
		assertThat(checkpoint(lease, 2, "2")).isOne();
		assertThat(checkpoint(lease, 2, "2")).as("after a commit whose answer was lost").isOne();
		assertThat(checkpoint(lease, 1, "1")).isZero();
		assertThat(find(lease).checkpoint()).isEqualTo(new Checkpoint(2, "2"));
		this.table.handBack(
				List.of(new LeaseEnd.HandBack(lease, Instant.now(), false, new Progress(0, new Checkpoint(1, "1")))));
		Lease next = next(lease);
		assertThat(find(next).checkpoint()).isEqualTo(new Checkpoint(2, "2"));
		assertThat(checkpoint(lease, 3, "3")).as("without the lease").isZero();
		this.table.retry(List.of(new LeaseEnd.Retry(next, Instant.now(), AttemptCount.NONE, "wanted",
				new Progress(0, new Checkpoint(3, "3")))));
		assertThat(find(next(next)).checkpoint()).isEqualTo(new Checkpoint(3, "3"));
	}

	@Test
	void whatFailedBeforeCheckpointDoesNotCount() {
		Lease lease = insert("work");
		this.table.retry(List.of(new LeaseEnd.Retry(lease, Instant.now(), new AttemptCount(5, 4, 3), "wanted",
				new Progress(2, new Checkpoint(1, "1")))));
		Lease next = next(lease);
		assertThat(checkpoint(next, 2, "1")).isOne();
		assertRow(next, new AttemptCount(5, 4, 3), 2, new Checkpoint(2, "1"));
		assertThat(checkpoint(next, 3, "2")).isOne();
		assertRow(next, new AttemptCount(5, 0, 0), 0, new Checkpoint(3, "2"));
		this.table.retry(List
			.of(new LeaseEnd.Retry(next, Instant.now(), new AttemptCount(6, 1, 1), "wanted", Progress.none(next))));
		next = next(next);
		handBack(next, null);
		assertRow(next(next), new AttemptCount(6, 1, 1), 0, new Checkpoint(3, "2"));
		handBack(next(next), new Checkpoint(4, "3"));
		assertRow(next(next(next)), new AttemptCount(6, 0, 0), 0, new Checkpoint(4, "3"));
	}

	private void handBack(Lease lease, Checkpoint checkpoint) {
		this.table.handBack(List.of(new LeaseEnd.HandBack(lease, Instant.now(), false, new Progress(0, checkpoint))));
	}

	private void assertRow(Lease lease, AttemptCount attempts, int crashes, Checkpoint checkpoint) {
		PostPhaseTable.Row row = find(lease);
		assertThat(row)
			.isEqualTo(new PostPhaseTable.Row(row.owner(), row.acceptedAt(), null, attempts, crashes, checkpoint));
	}

	private int checkpoint(Lease lease, long number, String cursor) {
		return this.table
			.checkpoint(List.of(new CheckpointWriter.LeasedCheckpoint(lease, new Checkpoint(number, cursor))))[0];
	}

	private PostPhaseTable.Row find(Lease lease) {
		return Objects.requireNonNull(this.table.find(lease.name(), lease.id(), lease.version()));
	}

	private static Lease next(Lease lease) {
		return new Lease(lease.name(), lease.id(), lease.version() + 1, lease.owner(), lease.acceptedAt(),
				lease.crashes(), lease.payload());
	}

	@Test
	void findsWhatNobodyHasWorkedOnAndHasOtherNames() {
		Instant due = Instant.now();
		this.table.handBack(List.of(insert("due")), due.minusSeconds(100));
		this.table.handBack(List.of(insert("just-due")), due);
		this.table.handBack(List.of(insert("later")), due.plusSeconds(100));
		insert("leased");
		this.table.insert(List.of(new Lease("dead", "dead", 1, null, due, 0, new byte[0])), NODE);
		this.table.bury(List.of(new LeaseEnd.Burial(new Lease("dead", "dead", 1, null, due, 0, new byte[0]),
				AttemptCount.NONE, "wanted", due, new Progress(0, null), null)));
		assertThat(overdue(due.minusSeconds(50), List.of())).containsExactly("due");
		assertThat(overdue(due.minusSeconds(50), List.of("other", "others"))).containsExactly("due");
		assertThat(overdue(due.minusSeconds(50), List.of("other", "work"))).isEmpty();
		assertThat(this.table.overdue(due.minusSeconds(50), List.of(), 1, "reason")).singleElement()
			.satisfies((burial) -> {
				assertThat(burial.failure()).isEqualTo("reason");
				assertThat(this.table.bury(List.of(burial))).containsExactly(1);
			});
		assertThat(overdue(due.minusSeconds(50), List.of())).isEmpty();
	}

	private List<String> overdue(Instant since, List<String> names) {
		return this.table.overdue(since, names, 10, "reason").stream().map((burial) -> burial.lease().id()).toList();
	}

	@Test
	@Timeout(30)
	void locksLeasesOfNodeExceptForThoseThatAreBeingCompleted() {
		Lease completed = insert("1");
		insert("2");
		insert("3");
		this.table.handBack(List.of(insert("4")), Instant.now());
		this.table.insert(List.of(new Lease("work", "5", 1, null, Instant.now(), 0, new byte[0])), "other");
		CompletableFuture<List<String>> found = new CompletableFuture<>();
		this.transaction.executeWithoutResult((status) -> {
			this.table.delete(List.of(completed));
			Thread other = new Thread(() -> found.complete(lock(10)));
			other.start();
			join(other);
			assertThat(found).as("waits for the transaction").isCompleted();
			status.setRollbackOnly();
		});
		assertThat(found.join()).containsExactlyInAnyOrder("2", "3");
		assertThat(lock(10)).containsExactlyInAnyOrder("1", "2", "3");
		assertThat(lock(2)).hasSize(2);
		assertThat(this.table.nodes()).containsExactlyInAnyOrder(NODE, "other");
	}

	private List<String> lock(int limit) {
		return Objects.requireNonNull(this.transaction
			.execute((status) -> this.table.lock(NODE, limit).stream().map((leased) -> leased.lease().id()).toList()));
	}

	private static void join(Thread thread) {
		try {
			thread.join(1500);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private Lease insert(String id) {
		Lease lease = new Lease("work", id, 1, null, Instant.now(), 0, "{}".getBytes(StandardCharsets.UTF_8));
		this.table.insert(List.of(lease), NODE);
		return lease;
	}

}
