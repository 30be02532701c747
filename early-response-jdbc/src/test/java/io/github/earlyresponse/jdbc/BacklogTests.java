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

import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link Backlog}.
 */
class BacklogTests {

	private static final int LIMIT = 5;

	private final AtomicInteger due = new AtomicInteger();

	private Runnable whileCounting = () -> {
	};

	private final Backlog backlog = new Backlog((limit) -> {
		this.whileCounting.run();
		return this.due.get();
	}, LIMIT);

	@Test
	void includesWhatIsNotStoredWhenItIsCounted() {
		assertThat(this.backlog.admit(2)).isTrue();
		assertThat(this.backlog.admit(3)).isTrue();
		this.backlog.count();
		assertThat(this.backlog.admit(1)).isFalse();
		stored(2);
		this.backlog.count();
		assertThat(this.backlog.admit(1)).isFalse();
		stored(3);
		this.backlog.count();
		assertThat(this.backlog.admit(1)).isFalse();
	}

	@Test
	void doesNotIncludeWhatDoesNotWaitAnyMore() {
		assertThat(this.backlog.admit(LIMIT)).isTrue();
		stored(3);
		this.backlog.release(1);
		assertThat(this.backlog.admit(1)).isTrue();
		this.due.addAndGet(-2);
		this.backlog.count();
		assertThat(this.backlog.admit(3)).isFalse();
		assertThat(this.backlog.admit(2)).isTrue();
	}

	@Test
	void includesWhatIsStoredWhileItIsCounted() {
		assertThat(this.backlog.admit(LIMIT)).isTrue();
		this.whileCounting = this.backlog::stored;
		this.backlog.count();
		assertThat(this.backlog.admit(1)).isFalse();
	}

	@Test
	void includesWhatWaitedBefore() {
		this.due.set(3);
		assertThat(this.backlog.admit(3)).isFalse();
		assertThat(this.backlog.admit(2)).isTrue();
	}

	@Test
	void admitsNothingIfItWasNeverCounted() {
		Backlog backlog = new Backlog((limit) -> {
			throw new IllegalStateException("wanted");
		}, LIMIT);
		assertThatIllegalStateException().isThrownBy(() -> backlog.admit(1));
		assertThat(backlog.admit(1)).isFalse();
	}

	private void stored(int number) {
		this.due.addAndGet(number);
		for (int i = 0; i < number; i++) {
			this.backlog.stored();
		}
	}

}
