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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.transaction.support.SimpleTransactionStatus;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionOperations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.atLeast;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;

/**
 * Tests for {@link Leases}, with a database that hangs.
 */
class LeasesTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private static final Lease LEASE = new Lease("work", "a", 1, null, Instant.EPOCH, 0, new byte[0]);

	private final CountDownLatch hang = new CountDownLatch(1);

	private final AtomicInteger begun = new AtomicInteger();

	private final AtomicInteger waiting = new AtomicInteger();

	private final NodeTable nodes = mock(NodeTable.class);

	private final PostPhaseTable table = mock(PostPhaseTable.class);

	private volatile boolean alive = true;

	private final AtomicInteger lost = new AtomicInteger();

	private final LeaseConnection connection = mock(LeaseConnection.class);

	private Leases leases;

	@AfterEach
	void stop() {
		this.hang.countDown();
		this.leases.stop();
	}

	@Test
	void givesUpWhateverHasToBeRenewed() {
		start(Duration.ofMillis(50), Duration.ofSeconds(1));
		await().atMost(TIMEOUT).until(() -> this.begun.get() > 0);
		await().atMost(TIMEOUT).until(() -> this.lost.get() > 0);
	}

	@Test
	void nobodyWaitsUntilTheyHaveStopped() throws Exception {
		start(Duration.ofMillis(50), Duration.ofMinutes(3));
		await().atMost(TIMEOUT).until(() -> this.begun.get() == 1);
		Thread stop = new Thread(this.leases::stop);
		stop.start();
		// It waits for the renewal that hangs
		await().atMost(TIMEOUT).until(() -> stop.getState() == Thread.State.TIMED_WAITING);
		Thread request = new Thread(() -> this.leases.add(LEASE));
		request.start();
		request.join(TIMEOUT.toMillis());
		assertThat(stop.getState()).as("the stop still waits").isEqualTo(Thread.State.TIMED_WAITING);
		stop.join();
	}

	@Test
	void renewsOnceForAllThatNeedItAtOnce() throws Exception {
		start(Duration.ofMinutes(1), Duration.ofMinutes(3));
		assertThat(this.leases.areValid()).isFalse();
		List<CompletableFuture<Boolean>> renewals = new ArrayList<>();
		renewals.add(renewNow());
		await().atMost(TIMEOUT).until(() -> this.begun.get() == 1);
		// For what comes while one has begun, another one is needed
		for (int i = 0; i < 5; i++) {
			renewals.add(renewNow());
		}
		await().atMost(TIMEOUT).until(() -> this.waiting.get() == 6);
		this.hang.countDown();
		for (CompletableFuture<Boolean> renewal : renewals) {
			assertThat(renewal).succeedsWithin(TIMEOUT).isEqualTo(true);
		}
		assertThat(this.begun).hasValueLessThan(6);
		assertThat(this.leases.areValid()).isTrue();
		assertThat(this.lost).hasValue(0);
	}

	@Test
	void doesNotWaitForRenewalThatHangsLongerThanTheLeasesLast() {
		start(Duration.ofMinutes(1), Duration.ofMillis(500));
		assertThat(renewNow()).succeedsWithin(TIMEOUT).isEqualTo(false);
	}

	@Test
	void givesUpWhatOthersHaveTakenOver() {
		this.hang.countDown();
		start(Duration.ofMillis(50), Duration.ofMinutes(3));
		await().atMost(TIMEOUT).until(() -> this.leases.areValid());
		assertThat(this.lost).hasValue(0);
		this.alive = false;
		await().atMost(TIMEOUT).until(() -> this.lost.get() > 0);
	}

	@Test
	void readsVeryManyLeasesLessOften() {
		start(Duration.ofMillis(50), Duration.ofMillis(200));
		for (int i = 0; i < 10_000; i++) {
			this.leases.add(new Lease("work", String.valueOf(i), 1, null, Instant.EPOCH, 0, new byte[0]));
		}
		this.hang.countDown();
		await().atMost(TIMEOUT).untilAsserted(() -> then(this.table).should(times(2)).leased("node"));
		then(this.nodes).should(atLeast(20)).beatIfAlive(any(), any());
	}

	private CompletableFuture<Boolean> renewNow() {
		return CompletableFuture.supplyAsync(() -> {
			this.waiting.incrementAndGet();
			return this.leases.renewNow();
		}, (task) -> new Thread(task).start());
	}

	private void start(Duration interval, Duration giveUpAfter) {
		TransactionOperations transaction = new TransactionOperations() {

			@Override
			public <T> T execute(TransactionCallback<T> action) {
				LeasesTests.this.begun.incrementAndGet();
				try {
					LeasesTests.this.hang.await();
				}
				catch (InterruptedException ex) {
					throw new IllegalStateException(ex);
				}
				return action.doInTransaction(new SimpleTransactionStatus());
			}

		};
		given(this.nodes.beatIfAlive(eq("node"), any())).willAnswer((invocation) -> this.alive);
		Duration takeoverAfter = giveUpAfter.multipliedBy(16).dividedBy(9);
		StoreSettings settings = new StoreSettings("node", interval, takeoverAfter, 1, Duration.ZERO, 1, Duration.ZERO,
				null, Duration.ZERO, Duration.ZERO, new StatusSettings(false, Duration.ZERO, Duration.ZERO));
		this.leases = new Leases(this.nodes, this.table, transaction, this.connection, settings, (lease) -> {
			this.lost.incrementAndGet();
			return true;
		});
		this.leases.add(LEASE);
		this.leases.start();
	}

}
