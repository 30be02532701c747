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

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DatabaseClock}.
 */
class DatabaseClockTests {

	private static final Instant LOCAL = Instant.parse("2026-03-29T01:30:00Z");

	private static final Duration AHEAD = Duration.ofMinutes(10);

	private Instant time = LOCAL;

	private final DatabaseClock clock = new DatabaseClock(() -> this.time);

	@Test
	void isThatOfTheDatabase() {
		assertThat(this.clock.now()).isEqualTo(LOCAL);
		read(AHEAD, Duration.ZERO);
		assertThat(this.clock.now()).isEqualTo(LOCAL.plus(AHEAD));
		assertThat(this.clock.toLocal(this.clock.now())).isEqualTo(LOCAL);
		read(AHEAD.negated(), Duration.ZERO);
		assertThat(this.clock.now()).isEqualTo(LOCAL.minus(AHEAD));
	}

	@Test
	void smallDifferencesDoNotCount() {
		read(Duration.ofMillis(99), Duration.ZERO);
		assertThat(this.clock.now()).isEqualTo(LOCAL);
		read(AHEAD, Duration.ZERO);
		read(AHEAD.minusMillis(99), Duration.ZERO);
		assertThat(this.clock.now()).isEqualTo(LOCAL.plus(AHEAD));
		read(Duration.ofMillis(-99), Duration.ZERO);
		assertThat(this.clock.now()).isEqualTo(LOCAL);
	}

	@Test
	void timeThatItTakesToReadIsCountedHalf() {
		read(AHEAD, Duration.ofSeconds(1));
		assertThat(this.clock.toDatabase(LOCAL)).isEqualTo(LOCAL.plus(AHEAD).minusMillis(500));
	}

	@Test
	void whatWasReadSlowlyDoesNotCount() {
		read(AHEAD, Duration.ofMillis(1001));
		assertThat(this.clock.toDatabase(LOCAL)).isEqualTo(LOCAL);
		read(AHEAD, Duration.ofMillis(-1));
		assertThat(this.clock.toDatabase(LOCAL)).isEqualTo(LOCAL);
	}

	/**
	 * The time of the database is read at the beginning.
	 */
	private void read(Duration difference, Duration readTime) {
		this.clock.synchronize(() -> {
			Instant read = this.time.plus(difference);
			this.time = this.time.plus(readTime);
			return read;
		});
	}

}
