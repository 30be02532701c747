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

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.earlyresponse.DeadLetter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link DeadLetterNotifier}.
 */
@ExtendWith(OutputCaptureExtension.class)
class DeadLetterNotifierTests {

	private static final DeadLetter DEAD_LETTER = new DeadLetter("1", "work", null, Instant.EPOCH, Instant.EPOCH, 1,
			null);

	private final DeadLetterNotifier notifier = new DeadLetterNotifier();

	@Test
	void reportsWhatThereIsThoughItsThreadIsInterruptedBefore() {
		List<DeadLetter> reported = new CopyOnWriteArrayList<>();
		this.notifier.start(reported::add);
		for (int i = 0; i < 100; i++) {
			this.notifier.add(DEAD_LETTER);
		}
		Thread.currentThread().interrupt();
		this.notifier.stop();
		assertThat(Thread.interrupted()).isTrue();
		assertThat(reported).hasSize(100);
	}

	@Test
	void saysHowManyAreDroppedIfItsThreadIsInterruptedMeanwhile(CapturedOutput output) throws Exception {
		CountDownLatch started = new CountDownLatch(1);
		this.notifier.start((deadLetter) -> {
			started.countDown();
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
		for (int i = 0; i < 3; i++) {
			this.notifier.add(DEAD_LETTER);
		}
		started.await();
		AtomicBoolean interrupted = new AtomicBoolean();
		Thread stopping = new Thread(() -> {
			this.notifier.stop();
			interrupted.set(Thread.currentThread().isInterrupted());
		});
		stopping.start();
		await().until(() -> stopping.getState() == Thread.State.TIMED_WAITING);
		stopping.interrupt();
		stopping.join();
		assertThat(interrupted).isTrue();
		assertThat(output).contains("Listeners do not get to know of 2 dead letters");
	}

}
