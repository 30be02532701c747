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
import java.util.Objects;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionSynchronizationUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.anyList;
import static org.mockito.BDDMockito.given;
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
		Checkpoint first = Objects.requireNonNull(this.checkpoints.beginBatch());
		store(2);
		assertThat(this.checkpoints.written(first)).isTrue();
		assertThat(this.checkpoints.beginBatch()).isNotNull();
	}

	@Test
	void endWaitsForTheTransactionThatHoldsTheRow() {
		given(this.joinable.isActive()).willReturn(true);
		given(this.table.checkpoint(anyList())).willReturn(new int[] { 1 });
		List<Progress> ends = new ArrayList<>();
		TransactionSynchronizationManager.initSynchronization();
		try {
			store(1);
			this.checkpoints.end(() -> ends.add(this.checkpoints.progress()));
			assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -> store(2));
			assertThat(ends).isEmpty();
			TransactionSynchronizationUtils.triggerAfterCompletion(TransactionSynchronization.STATUS_COMMITTED);
		}
		finally {
			TransactionSynchronizationManager.clearSynchronization();
		}
		assertThat(ends).containsExactly(new Progress(0, null));
	}

	/**
	 * Neither of its own thread nor of another one.
	 */
	@Test
	void secondTransactionCannotMakeOneBeforeTheFirstOneIsCompleted() {
		given(this.joinable.isActive()).willReturn(true);
		given(this.table.checkpoint(anyList())).willReturn(new int[] { 1 });
		TransactionSynchronizationManager.initSynchronization();
		try {
			given(this.joinable.current()).willReturn("first");
			store(1);
			given(this.joinable.current()).willReturn("second");
			assertThatIllegalStateException().isThrownBy(() -> store(2)).withMessageContaining("another transaction");
			TransactionSynchronizationUtils.triggerAfterCompletion(TransactionSynchronization.STATUS_COMMITTED);
			store(3);
		}
		finally {
			TransactionSynchronizationManager.clearSynchronization();
		}
	}

	/**
	 * The batch would wait for the transaction, and all others of the node with it.
	 */
	@Test
	@Timeout(30)
	void transactionWaitsForBatchAndNotTheOtherWayRound() throws Exception {
		store(1);
		given(this.joinable.isActive()).willReturn(true);
		given(this.table.checkpoint(anyList())).willReturn(new int[] { 1 });
		assertThat(this.checkpoints.beginBatch()).isNotNull();
		Thread other = new Thread(() -> {
			TransactionSynchronizationManager.initSynchronization();
			store(2);
		});
		other.start();
		await().until(() -> other.getState() == Thread.State.WAITING);
		this.checkpoints.endBatch();
		other.join();
		assertThat(this.checkpoints.beginBatch()).as("while the transaction holds the row").isNull();
	}

	private void store(int cursor) {
		this.checkpoints.store(cursor, () -> {
		});
	}

}
