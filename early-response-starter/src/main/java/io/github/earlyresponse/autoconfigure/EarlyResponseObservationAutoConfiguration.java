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

package io.github.earlyresponse.autoconfigure;

import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.micrometer.PostPhaseObservationConvention;
import io.github.earlyresponse.micrometer.PostPhaseObservations;
import io.github.earlyresponse.run.PostPhaseObserver;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.observation.ObservationRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Auto-configuration of the observation of post-phases. Where there is no registry of
 * observations their timers still get them.
 */
@AutoConfiguration(after = EarlyResponseMetricsAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean(PostPhaseOperations.class)
public final class EarlyResponseObservationAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(PostPhaseObserver.class)
	PostPhaseObservations postPhaseObservations(ObjectProvider<ObservationRegistry> registry,
			ObjectProvider<PostPhaseObservationConvention> convention) {
		return new PostPhaseObservations(registry.getIfUnique(() -> ObservationRegistry.NOOP),
				convention.getIfUnique());
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterRegistry.class)
	@ConditionalOnSingleCandidate(MeterRegistry.class)
	@ConditionalOnMissingBean(ObservationRegistry.class)
	static class TimersOnlyConfiguration {

		@Bean
		@ConditionalOnMissingBean(PostPhaseObserver.class)
		PostPhaseObservations postPhaseObservations(MeterRegistry meters,
				ObjectProvider<PostPhaseObservationConvention> convention) {
			ObservationRegistry registry = ObservationRegistry.create();
			registry.observationConfig().observationHandler(new DefaultMeterObservationHandler(meters));
			return new PostPhaseObservations(registry, convention.getIfUnique());
		}

	}

}
