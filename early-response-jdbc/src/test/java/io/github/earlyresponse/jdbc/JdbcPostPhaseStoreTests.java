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

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.call.PostPhaseMethod;
import io.github.earlyresponse.call.PostPhaseRegistry;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.engine.AttemptCount;
import io.github.earlyresponse.engine.PostPhaseRecord;
import io.github.earlyresponse.engine.StoredPostPhase;
import io.github.earlyresponse.jdbc.DurableApplication.Order;
import io.github.earlyresponse.jdbc.DurableApplication.Tables;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link JdbcPostPhaseStore}, without requests.
 */
class JdbcPostPhaseStoreTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(15);

	private static final AttemptCount ATTEMPTS = new AttemptCount(1, 0, 0);

	@Test
	void rowThatWasInsertedAgainOutlivesTheEndOfTheFormerOne() {
		try (ConfigurableApplicationContext node = DurableApplication.start(TestDatabase.H2.properties())) {
			JdbcPostPhaseStore store = node.getBean(JdbcPostPhaseStore.class);
			Tables tables = node.getBean(Tables.class);
			PostPhaseRecord record = record(node);
			List<StoredPostPhase> first = store.store(List.of(), List.of(record));
			List<StoredPostPhase> second = store.store(first, List.of(record));
			// The end of the first one comes late, and is written for certain when the
			// next one is
			first.get(0).ended(PostPhaseOutcome.SKIPPED, ATTEMPTS, null);
			StoredPostPhase other = store.store(List.of(), List.of(record(node))).get(0);
			assertThat(tables.stored()).isEqualTo(2);
			other.ended(PostPhaseOutcome.SKIPPED, ATTEMPTS, null);
			await().atMost(TIMEOUT).until(() -> store.leaseCount() == 1);
			assertThat(tables.stored()).isOne();
			second.get(0).ended(PostPhaseOutcome.COMPLETED, ATTEMPTS, null);
			await().atMost(TIMEOUT).until(() -> tables.stored() == 0);
		}
	}

	private static int ids;

	private static PostPhaseRecord record(ConfigurableApplicationContext node) {
		PostPhaseMethod method = node.getBean(PostPhaseRegistry.class)
			.methods()
			.stream()
			.filter((candidate) -> candidate.name().equals("record"))
			.findFirst()
			.orElseThrow();
		PostPhaseExecution execution = mock(PostPhaseExecution.class);
		given(execution.name()).willReturn("record");
		given(execution.id()).willReturn("id-" + ids++);
		given(execution.acceptedAt()).willReturn(Instant.now());
		PostPhaseWork work = new PostPhaseWork.Call(method, new Object[] { new Order("a", 1, List.of()) });
		return new PostPhaseRecord(execution, work, () -> () -> {
		}, null, null, () -> {
		});
	}

}
