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
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.earlyresponse.engine.StoreObserver;
import io.github.earlyresponse.jdbc.LeaseEnd.Deletion;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.anyList;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link LeaseEndWriter}, with a database that fails.
 */
@ExtendWith(OutputCaptureExtension.class)
class LeaseEndWriterTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(15);

	private static final String WARNING = "post-phases could not be stored, and is stored again";

	private final PostPhaseTable table = mock(PostPhaseTable.class);

	private final AtomicInteger failures = new AtomicInteger();

	private final Queue<String> ended = new ConcurrentLinkedQueue<>();

	private volatile String unwritable = "";

	private volatile int changed = 1;

	private final LeaseEndWriter writer = new LeaseEndWriter(this.table, TransactionOperations.withoutTransaction(),
			mock(StatusWriter.class), (end) -> this.ended.add(end.lease().id()), (deadLetter) -> {
			}, StoreObserver::none);

	@BeforeEach
	void start() {
		willAnswer((invocation) -> {
			List<Lease> leases = invocation.getArgument(0);
			if (this.failures.getAndDecrement() > 0
					|| leases.stream().anyMatch((lease) -> lease.id().equals(this.unwritable))) {
				throw new DataAccessResourceFailureException("wanted");
			}
			return leases.stream().mapToInt((lease) -> this.changed).toArray();
		}).given(this.table).delete(anyList());
		willAnswer((invocation) -> new int[0]).given(this.table).retry(anyList());
		willAnswer((invocation) -> new int[0]).given(this.table).bury(anyList());
		this.writer.start();
	}

	@AfterEach
	void stop() {
		this.unwritable = "";
		this.writer.stop();
	}

	@Test
	void outageIsLoggedOnce(CapturedOutput output) {
		this.failures.set(3);
		this.writer.add(end("a"));
		await().atMost(TIMEOUT).until(() -> this.ended.size() == 1);
		assertThat(StringUtils.countOccurrencesOf(output.toString(), "What became of 1 " + WARNING)).isOne();
		// And the next one, too
		this.failures.set(1);
		this.writer.add(end("b"));
		await().atMost(TIMEOUT).until(() -> this.ended.size() == 2);
		assertThat(StringUtils.countOccurrencesOf(output.toString(), WARNING)).isEqualTo(2);
	}

	@Test
	void othersDoNotWaitForOneThatCannotBeWritten(CapturedOutput output) {
		this.unwritable = "b";
		for (String id : new String[] { "a", "b", "c" }) {
			this.writer.add(end(id));
		}
		await().atMost(TIMEOUT).until(() -> this.ended.size() == 2);
		assertThat(this.ended).containsExactlyInAnyOrder("a", "c");
		assertThat(output).contains(WARNING);
		this.unwritable = "";
		await().atMost(TIMEOUT).until(() -> this.ended.size() == 3);
	}

	@Test
	void whatIsLeftAtTheShutdownIsLogged(CapturedOutput output) {
		this.unwritable = "a";
		this.writer.add(end("a"));
		await().atMost(TIMEOUT).until(() -> output.toString().contains(WARNING));
		this.writer.stop();
		await().atMost(TIMEOUT)
			.untilAsserted(() -> assertThat(output)
				.contains("What became of 1 post-phases could not be stored before the shutdown"));
	}

	@Test
	void oneThatWasTakenOverIsLoggedIfItHasRun(CapturedOutput output) {
		this.changed = 0;
		this.writer.add(new Deletion(lease("skipped"), false, null));
		this.writer.add(end("completed"));
		await().atMost(TIMEOUT).until(() -> this.ended.size() == 2);
		assertThat(StringUtils.countOccurrencesOf(output.toString(),
				"has run here, but its row was taken over or deleted meanwhile"))
			.isOne();
	}

	private static Deletion end(String id) {
		return new Deletion(lease(id), true, null);
	}

	private static Lease lease(String id) {
		return new Lease("work", id, 1, null, Instant.EPOCH, 0, new byte[0]);
	}

}
