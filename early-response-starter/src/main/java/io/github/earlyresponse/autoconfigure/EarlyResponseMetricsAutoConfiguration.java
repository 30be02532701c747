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
import io.github.earlyresponse.engine.PostPhaseStore;
import io.github.earlyresponse.micrometer.PostPhaseMetrics;
import io.github.earlyresponse.micrometer.PostPhaseStoreMetrics;
import io.github.earlyresponse.micrometer.PostPhaseTimerDescriptions;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the metrics of post-phases.
 */
@AutoConfiguration(after = EarlyResponseAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnSingleCandidate(MeterRegistry.class)
@ConditionalOnBean(PostPhaseOperations.class)
public final class EarlyResponseMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	PostPhaseMetrics postPhaseMetrics(MeterRegistry registry, PostPhaseOperations operations) {
		return new PostPhaseMetrics(registry, operations);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(PostPhaseStore.class)
	PostPhaseStoreMetrics postPhaseStoreMetrics(MeterRegistry registry, PostPhaseStore store) {
		return new PostPhaseStoreMetrics(registry, store);
	}

	@Bean
	@ConditionalOnMissingBean
	PostPhaseTimerDescriptions postPhaseTimerDescriptions() {
		return new PostPhaseTimerDescriptions();
	}

}
