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
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

import com.zaxxer.hikari.HikariDataSource;
import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.DurablePostPhase;
import io.github.earlyresponse.DurableQuery;
import io.github.earlyresponse.PostPhaseExecution.State;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseProgress;
import io.github.earlyresponse.engine.AttemptCount;
import io.github.earlyresponse.engine.StoreClient;
import io.github.earlyresponse.engine.Takeover;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;

/**
 * What nodes know of each other's post-phases, on all databases.
 */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class StatusTablesTests {

	private static final String NODE = "node";

	private static final Duration HOUR = Duration.ofHours(1);

	private static final StatusSettings SETTINGS = new StatusSettings(true, HOUR, HOUR);

	private final HikariDataSource dataSource;

	private final Database database;

	private final DatabaseClock clock = new DatabaseClock(InstantSource.system());

	private final PostPhaseTable table;

	private final ProgressTable progress;

	private final FinishedTable finished;

	private final OwnTransaction transaction;

	private final StatusWriter writer;

	private final StatusReader reader;

	private final StoreClient client = mock(StoreClient.class);

	StatusTablesTests(TestDatabase database) {
		String url = database.properties().get(0).substring("spring.datasource.url=".length());
		this.dataSource = DataSourceBuilder.create().type(HikariDataSource.class).url(url).build();
		JdbcProperties properties = new JdbcProperties();
		properties.setInitializeSchema(DatabaseInitializationMode.ALWAYS);
		new EarlyResponseSchemaInitializer(this.dataSource, properties).initializeDatabase();
		this.database = Database.of(this.dataSource, properties);
		this.table = new PostPhaseTable(this.dataSource, this.database, this.clock, JdbcProperties.DEFAULT_TABLE);
		StoredTimes times = new StoredTimes(this.database.customization(), this.clock);
		this.progress = new ProgressTable(this.dataSource, times, JdbcProperties.DEFAULT_TABLE);
		this.finished = new FinishedTable(this.dataSource, times, HOUR, JdbcProperties.DEFAULT_TABLE);
		this.transaction = new OwnTransaction(this.dataSource);
		this.writer = tables(this.clock).writer(this.transaction, SETTINGS);
		this.reader = tables(this.clock).reader(SETTINGS, UnaryOperator.identity());
	}

	private StatusTables tables(DatabaseClock clock) {
		return new StatusTables(this.dataSource, this.database, clock, JdbcProperties.DEFAULT_TABLE);
	}

	@AfterEach
	void close() {
		this.dataSource.close();
	}

	@Test
	void nodeThatHasLostTheLeaseChangesNothing() {
		insert("1");
		this.progress.insert(List.of(running("1", 5, 50)));
		this.progress.update(List.of(running("1", 4, 10)));
		assertThat(done("1")).isEqualTo(50);
		this.progress.update(List.of(running("1", 5, 60)));
		assertThat(done("1")).isEqualTo(60);
		this.progress.update(List.of(running("1", 6, null)));
		assertThat(done("1")).as("reports nothing itself").isEqualTo(60);
	}

	@Test
	void firstAttemptIsRemembered() {
		insert("1");
		Instant first = Instant.now().minusSeconds(60).truncatedTo(ChronoUnit.MILLIS);
		this.progress.insert(List.of(new RunningStatus("1", 1, 1, first, first.plusMillis(1), Delivery.SENT, null)));
		this.progress.update(List.of(new RunningStatus("1", 3, 2, null, Instant.now(), Delivery.UNKNOWN, null)));
		RunningStatus stored = this.progress.find(List.of("1")).get("1");
		assertThat(stored).isEqualTo(new RunningStatus("1", 3, 2, first, first.plusMillis(1), Delivery.SENT, null));
		this.writer.finished(List.of(finishedStatus("1", Delivery.UNKNOWN)), List.of());
		assertThat(this.finished.find(List.of("1"))).singleElement().satisfies((status) -> {
			assertThat(status.delivery()).isEqualTo(Delivery.SENT);
			assertThat(status.startedAt()).isEqualTo(first.plusMillis(1));
			assertThat(status.attempt()).isEqualTo(2);
		});
	}

	@Test
	void textIsWhatTheDatabaseTakes() {
		insert("1");
		PostPhaseProgress odd = new PostPhaseProgress(1, 2, "a\u0000b " + "\ud83d\ude00".repeat(600));
		this.progress.insert(List.of(new RunningStatus("1", 1, 1, null, null, Delivery.SENT, odd)));
		PostPhaseProgress stored = this.progress.find(List.of("1")).get("1").progress();
		assertThat(stored).isNotNull();
		assertThat(stored.message()).startsWith("a b ").hasSizeLessThanOrEqualTo(1000);
	}

	@Test
	void deletesWhatBelongsToNothing() {
		insert("1");
		this.progress.insert(List.of(running("1", 1, 1), running("2", 1, 1)));
		assertThat(this.progress.deleteOrphans(Duration.ofSeconds(-1))).isOne();
		assertThat(this.progress.find(List.of("1", "2"))).containsOnlyKeys("1");
		this.progress.insert(List.of(running("3", 1, 1)));
		assertThat(this.progress.deleteOrphans(HOUR)).as("its row may be on its way").isZero();
	}

	@Test
	void keepsWhatDeadLettersHaveEndedWith() {
		bury(insert("dead"));
		FinishedTable expired = new FinishedTable(this.dataSource,
				new StoredTimes(this.database.customization(), this.clock), Duration.ofSeconds(-1),
				JdbcProperties.DEFAULT_TABLE);
		expired.insert(List.of(finishedStatus("dead", Delivery.SENT), finishedStatus("gone", Delivery.SENT)));
		this.finished.insert(List.of(finishedStatus("kept", Delivery.SENT)));
		assertThat(this.finished.deleteExpired()).isOne();
		assertThat(this.finished.find(List.of("dead", "gone", "kept"))).extracting(FinishedStatus::id)
			.containsExactlyInAnyOrder("dead", "kept");
		assertThat(this.reader.find(List.of("dead")).get("dead")).satisfies((postPhase) -> {
			assertThat(postPhase.dead()).isTrue();
			assertThat(postPhase.outcome()).isEqualTo(PostPhaseOutcome.TIMED_OUT);
		});
		assertThat(this.reader.find(List.of("kept")).get("kept").dead()).isFalse();
	}

	/**
	 * The node may store no status itself, but others do.
	 */
	@Test
	void replayForgetsTheEndAtAnyNode() {
		bury(insert("1"));
		this.finished.insert(List.of(finishedStatus("1", Delivery.SENT)));
		this.progress.insert(List.of(running("1", 1, 1)));
		StatusSettings disabled = new StatusSettings(false, HOUR, HOUR);
		StatusWriter other = tables(this.clock).writer(this.transaction, disabled);
		assertThat(new DeadLetters(this.table, this.transaction, other).replay("1")).isTrue();
		assertThat(this.reader.find(List.of("1")).get("1")).satisfies((postPhase) -> {
			assertThat(postPhase.state()).isEqualTo(State.QUEUED);
			assertThat(postPhase.attempt()).isZero();
			assertThat(postPhase.progress()).isNull();
		});
	}

	@Test
	void timesAreTheSameAtNodesWhoseClocksDiffer() {
		Lease lease = insert("waiting");
		this.table.handBack(List.of(lease), Instant.now().plusSeconds(300));
		this.finished.insert(List.of(finishedStatus("finished", Delivery.SENT)));
		DatabaseClock ahead = new DatabaseClock(() -> Instant.now().plusSeconds(600));
		ahead.synchronize(Instant::now);
		StatusReader other = tables(ahead).reader(SETTINGS, UnaryOperator.identity());
		List<String> ids = List.of("waiting", "finished");
		Map<String, DurablePostPhase> found = this.reader.find(ids);
		assertThat(found).hasSize(2);
		assertThat(other.find(ids)).isEqualTo(found);
		assertThat(found.get("waiting").state()).isEqualTo(State.WAITING);
		DurableQuery waiting = DurableQuery.all().withState(DurableQuery.State.WAITING);
		assertThat(other.list(waiting)).isEqualTo(this.reader.list(waiting));
		assertThat(other.list(waiting).content()).hasSize(1);
	}

	@Test
	void findsMoreThanOneStatementTakes() {
		insert("1");
		List<String> ids = new ArrayList<>(IntStream.range(0, 70_000).mapToObj((number) -> "none-" + number).toList());
		ids.add("1");
		assertThat(this.reader.find(ids)).containsOnlyKeys("1");
	}

	@Test
	void refusesEndOfPageThatIsNone() {
		for (String after : List.of("", "nonsense", "_", "+1000000000-12-31T23:59:59Z_x", "2026-01-01_x")) {
			assertThatIllegalArgumentException().isThrownBy(() -> this.reader.list(DurableQuery.all().withAfter(after)))
				.withMessageContaining("end of a page");
		}
		assertThatIllegalArgumentException().isThrownBy(() -> DurableQuery.all().withName("a\u0000b"));
		assertThat(this.reader.list(DurableQuery.all().withAcceptedBefore(Instant.MIN)).content()).isEmpty();
	}

	@Test
	void replaysAllOfMoreThanOneBatch() {
		List<Lease> leases = IntStream.range(0, 1001).mapToObj((number) -> lease("id-" + number)).toList();
		this.table.insert(leases, NODE);
		leases.forEach(this::bury);
		Lease other = new Lease("other", "other", 1, null, Instant.now(), 0, new byte[0]);
		this.table.insert(List.of(other), NODE);
		bury(other);
		DeadLetters deadLetters = new DeadLetters(this.table, this.transaction, this.writer);
		assertThat(deadLetters.discard("id-500")).isTrue();
		assertThat(deadLetters.replayAll("work")).isEqualTo(1000);
		assertThat(deadLetters.replayAll("work")).isZero();
		assertThat(deadLetters.discardAll("other")).isOne();
		assertThat(this.table.deadLetters(1)).isEmpty();
	}

	@Test
	void cancellationReachesItsNodeOnlyAndThatOneWhateverFailsBefore() {
		List<Lease> leases = IntStream.range(0, 600).mapToObj((number) -> lease("id-" + number)).toList();
		this.table.insert(leases, NODE);
		Lease elsewhere = lease("elsewhere");
		this.table.insert(List.of(elsewhere), "other");
		Cancellations other = cancellations("another");
		leases.forEach((lease) -> assertThat(other.cancel(lease.id(), Duration.ofSeconds(7))).isTrue());
		assertThat(other.cancel("elsewhere", Duration.ZERO)).isTrue();
		willThrow(new IllegalStateException("wanted")).given(this.client).cancel("id-0", Duration.ofSeconds(7));
		cancellations(NODE).look();
		leases.forEach((lease) -> then(this.client).should().cancel(lease.id(), Duration.ofSeconds(7)));
		then(this.client).should(never()).cancel("elsewhere", Duration.ZERO);
	}

	@Test
	void graceIsOnlyShortened() {
		insert("1");
		Cancellations other = cancellations("other");
		for (int seconds : new int[] { 20, 5, 30 }) {
			assertThat(other.cancel("1", Duration.ofSeconds(seconds))).isTrue();
		}
		cancellations(NODE).look();
		then(this.client).should().cancel("1", Duration.ofSeconds(5));
		assertThat(other.cancel("1", Duration.ofSeconds(Long.MAX_VALUE))).as("longer than can be stored").isTrue();
	}

	/**
	 * Its node has handed it back, or has died, before it heard of the cancellation.
	 */
	@Test
	void endsWhatWasHandedBackMeanwhile() {
		Lease lease = insert("1");
		Cancellations cancellations = cancellations("other");
		assertThat(cancellations.cancel("1", HOUR)).isTrue();
		this.table.handBack(List.of(lease), Instant.now());
		given(this.client.cancel(anyString(), any())).willReturn(false);
		cancellations.look();
		then(this.client).should().cancelled(any(Takeover.class));
		assertThat(this.reader.find(List.of("1")).get("1").outcome()).isEqualTo(PostPhaseOutcome.CANCELLED);
		assertThat(rows("cancellation")).isZero();
	}

	@Test
	void forgetsCancellationOfWhatHasEnded() {
		Lease lease = insert("1");
		Lease dead = insert("2");
		Cancellations cancellations = cancellations("other");
		assertThat(cancellations.cancel("1", HOUR) && cancellations.cancel("2", HOUR)).isTrue();
		this.table.delete(List.of(lease));
		bury(dead);
		cancellations.look();
		assertThat(rows("cancellation")).isZero();
		assertThat(this.table.deadLetters(10)).hasSize(1);
		then(this.client).should(never()).cancelled(any());
	}

	private int rows(String table) {
		return JdbcClient.create(this.dataSource)
			.sql("select count(*) from " + JdbcProperties.DEFAULT_TABLE + "_" + table)
			.query(Integer.class)
			.single();
	}

	private Cancellations cancellations(String node) {
		return tables(this.clock).cancellations(this.table, this.transaction, this.writer, UnaryOperator.identity(),
				node, () -> this.client);
	}

	private long done(String id) {
		PostPhaseProgress stored = this.progress.find(List.of(id)).get(id).progress();
		return (stored != null) ? stored.done() : -1;
	}

	private static RunningStatus running(String id, long version, Integer done) {
		return new RunningStatus(id, version, 1, null, null, Delivery.SENT,
				(done != null) ? new PostPhaseProgress(done, 100, "step " + done) : null);
	}

	private static FinishedStatus finishedStatus(String id, Delivery delivery) {
		Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
		return new FinishedStatus(id, "work", null, now, null, now, now, 1, delivery, null, PostPhaseOutcome.TIMED_OUT,
				null);
	}

	private void bury(Lease lease) {
		this.table.bury(List.of(new LeaseEnd.Burial(lease, AttemptCount.NONE, "wanted", Instant.now().minusSeconds(1),
				Progress.none(lease), null)));
	}

	private static Lease lease(String id) {
		return new Lease("work", id, 1, null, Instant.now(), 0, new byte[0]);
	}

	private Lease insert(String id) {
		Lease lease = lease(id);
		this.table.insert(List.of(lease), NODE);
		return lease;
	}

}
