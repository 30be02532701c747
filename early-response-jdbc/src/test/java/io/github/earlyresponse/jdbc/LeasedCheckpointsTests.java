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
import java.util.Objects;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.transaction.support.TransactionOperations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link LeasedCheckpoints}, without a database.
 */
class LeasedCheckpointsTests {

	private static final Lease LEASE = new Lease("work", "a", 1, null, Instant.EPOCH, 0, new byte[0]);

	private final PostPhaseTable table = mock(PostPhaseTable.class);

	private final JoinableTransaction joinable = mock(JoinableTransaction.class);

	private final CheckpointWriter writer = new CheckpointWriter(this.table, this.joinable,
			mock(TransactionOperations.class), new CheckpointCodec(JsonMapper.builder().build()), Duration.ofSeconds(1),
			(lease) -> true);

	private final LeasedCheckpoints checkpoints = new LeasedCheckpoints(LEASE, null, this.writer);

	@Test
	void lossIsNoticedHoweverFastTheNextOneIsMade() {
		store(1);
		Checkpoint first = Objects.requireNonNull(this.checkpoints.unwritten());
		store(2);
		assertThat(this.checkpoints.written(first)).isTrue();
		assertThat(this.checkpoints.unwritten()).isNotNull();
	}

	private void store(int cursor) {
		this.checkpoints.store(cursor, () -> {
		});
	}

}
