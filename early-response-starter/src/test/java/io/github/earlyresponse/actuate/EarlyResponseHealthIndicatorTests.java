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

package io.github.earlyresponse.actuate;

import java.util.Map;

import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.engine.PostPhaseStore;
import io.github.earlyresponse.engine.StoredCounts;
import org.junit.jupiter.api.Test;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link EarlyResponseHealthIndicator}.
 */
class EarlyResponseHealthIndicatorTests {

	private final PostPhaseOperations operations = mock();

	private final Saturation saturation = new Saturation(1, 1, 1);

	private Health health(Status whenSaturated) {
		return new EarlyResponseHealthIndicator(this.operations, this.saturation, whenSaturated, null).health();
	}

	@Test
	void isUpWithDetails() {
		given(this.operations.inFlightCount()).willReturn(5);
		given(this.operations.queuedCount()).willReturn(3);
		given(this.operations.capacity()).willReturn(9);
		Health health = health(Status.OUT_OF_SERVICE);
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).containsExactly(entry("inFlight", 5), entry("queued", 3), entry("capacity", 9),
				entry("saturated", false));
	}

	@Test
	void showsHowManyAreStored() {
		PostPhaseStore store = mock();
		EarlyResponseHealthIndicator indicator = new EarlyResponseHealthIndicator(this.operations, this.saturation,
				Status.OUT_OF_SERVICE, store);
		assertThat(indicator.health().getDetails()).containsEntry("stored", "unknown");
		assertThat(indicator.health().getStatus()).isEqualTo(Status.UP);
		given(store.counts()).willReturn(new StoredCounts(1, 2, 3, 4, null));
		assertThat(indicator.health().getDetails()).containsEntry("stored",
				Map.of("leased", 1L, "due", 2L, "waiting", 3L, "dead", 4L));
	}

	@Test
	void saysWhenItIsSaturated() {
		this.saturation.accepted(new TestPostPhase("1"));
		assertThat(health(Status.OUT_OF_SERVICE).getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
		assertThat(health(Status.UP).getStatus()).isEqualTo(Status.UP);
		assertThat(health(Status.UP).getDetails()).containsEntry("saturated", true);
	}

}
