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

package io.github.earlyresponse.context;

import io.github.earlyresponse.ContextCarrier;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ObservationCarrier}.
 */
class ObservationCarrierTests {

	private final ObservationRegistry registry = ObservationRegistry.create();

	private final ObservationCarrier carrier = new ObservationCarrier(this.registry);

	@BeforeEach
	void observe() {
		this.registry.observationConfig().observationHandler((context) -> true);
	}

	@AfterEach
	void threadIsClean() {
		assertThat(this.registry.getCurrentObservation()).isNull();
		assertThat(this.registry.getCurrentObservationScope()).isNull();
	}

	@Test
	void putsObservationOnAndTakesItOff() {
		Observation request = Observation.start("request", this.registry);
		ContextCarrier.Context context;
		try (Observation.Scope scope = request.openScope()) {
			context = this.carrier.capture();
		}
		assertThat(context).isNotNull();
		ContextCarrier.Scope scope = context.open();
		assertThat(this.registry.getCurrentObservation()).isSameAs(request);
		scope.close();
		assertThat(this.registry.getCurrentObservation()).isNull();
		request.stop();
	}

	@Test
	void worksAfterTheObservationOfTheRequestHasStopped() {
		Observation request = Observation.start("request", this.registry);
		ContextCarrier.Context context;
		try (Observation.Scope scope = request.openScope()) {
			context = this.carrier.capture();
		}
		request.stop();
		ContextCarrier.Scope scope = context.open();
		Observation child = Observation.start("child", this.registry);
		assertThat(child.getContextView().getParentObservation()).isSameAs(request);
		child.stop();
		scope.close();
	}

	@Test
	void nothingCapturedMeansNothingToPutOn() {
		assertThat(this.carrier.capture()).isNull();
		assertThat(new ObservationCarrier(ObservationRegistry.NOOP).capture()).isNull();
	}

	@Test
	void restoresWhatWasThereBefore() {
		Observation request = Observation.start("request", this.registry);
		ContextCarrier.Context context;
		try (Observation.Scope scope = request.openScope()) {
			context = this.carrier.capture();
		}
		Observation other = Observation.start("other", this.registry);
		try (Observation.Scope scope = other.openScope()) {
			context.open().close();
			assertThat(this.registry.getCurrentObservation()).isSameAs(other);
		}
	}

}
