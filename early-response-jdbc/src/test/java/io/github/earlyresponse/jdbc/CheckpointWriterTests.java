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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.earlyresponse.jdbc.CheckpointWriter.LeasedCheckpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.support.TransactionOperations;

import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.anyList;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link CheckpointWriter}, with a database that cannot store everything.
 */
class CheckpointWriterTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(15);

	private final PostPhaseTable table = mock(PostPhaseTable.class);

	private final Set<String> unwritable = ConcurrentHashMap.newKeySet();

	private final Set<String> written = ConcurrentHashMap.newKeySet();

	private final AtomicInteger batches = new AtomicInteger();

	private final CheckpointWriter writer = new CheckpointWriter(this.table, mock(JoinableTransaction.class),
			TransactionOperations.withoutTransaction(), new CheckpointCodec(JsonMapper.builder().build()),
			Duration.ofMillis(20), (lease) -> true);

	@BeforeEach
	void start() {
		willAnswer((invocation) -> {
			List<LeasedCheckpoint> batch = invocation.getArgument(0);
			this.batches.incrementAndGet();
			List<String> ids = batch.stream().map((leased) -> leased.lease().id()).toList();
			if (ids.stream().anyMatch(this.unwritable::contains)) {
				throw new DataIntegrityViolationException("wanted");
			}
			this.written.addAll(ids);
			return ids.stream().mapToInt((id) -> 1).toArray();
		}).given(this.table).checkpoint(anyList());
	}

	@AfterEach
	void stop() {
		this.writer.stop();
	}

	@Test
	void othersAreWrittenAlthoughOneCannotBe() {
		this.unwritable.add("b");
		LeasedCheckpoints stuck = store("b");
		store("a");
		store("c");
		this.writer.start();
		this.writer.writeSoon(stuck);
		await().atMost(TIMEOUT).until(() -> this.written.equals(Set.of("a", "c")));
		store("d");
		await().atMost(TIMEOUT).until(() -> this.written.equals(Set.of("a", "c", "d")));
		this.unwritable.clear();
		await().atMost(TIMEOUT).until(() -> this.written.contains("b"));
		await().atMost(TIMEOUT).until(() -> stuck.progress().checkpoint() == null);
	}

	private LeasedCheckpoints store(String id) {
		LeasedCheckpoints checkpoints = new LeasedCheckpoints(
				new Lease("work", id, 1, null, Instant.EPOCH, 0, new byte[0]), null, this.writer);
		checkpoints.store(1, () -> {
		});
		return checkpoints;
	}

}
