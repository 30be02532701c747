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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.transaction.support.TransactionOperations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link Leases}, with a database that hangs.
 */
class LeasesTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private static final Lease LEASE = new Lease("work", "a", 1, null, Instant.EPOCH, 0, new byte[0]);

	private final CountDownLatch hang = new CountDownLatch(1);

	private final AtomicInteger begun = new AtomicInteger();

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

	private void start(Duration interval, Duration giveUpAfter) {
		TransactionOperations transaction = mock(TransactionOperations.class);
		willAnswer((invocation) -> {
			this.begun.incrementAndGet();
			this.hang.await();
			return null;
		}).given(transaction).executeWithoutResult(any());
		this.leases = new Leases(mock(NodeTable.class), mock(PostPhaseTable.class), transaction, this.connection,
				"node", interval, giveUpAfter, (lease) -> {
					this.lost.incrementAndGet();
					return true;
				});
		this.leases.add(LEASE);
		this.leases.start();
	}

}
