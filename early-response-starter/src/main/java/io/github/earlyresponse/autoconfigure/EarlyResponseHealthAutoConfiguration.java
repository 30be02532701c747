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
import io.github.earlyresponse.actuate.EarlyResponseHealthIndicator;
import io.github.earlyresponse.actuate.ReadinessGroupPostProcessor;
import io.github.earlyresponse.actuate.Saturation;
import io.github.earlyresponse.engine.PostPhaseStore;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Auto-configuration of the health of post-phases. It stays when early responses are
 * disabled, because groups that name it would stop the application at its start.
 */
@AutoConfiguration(after = EarlyResponseAutoConfiguration.class,
		afterName = "org.springframework.boot.health.autoconfigure.actuate.endpoint.AvailabilityProbesAutoConfiguration")
@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnEnabledHealthIndicator("earlyresponse")
@ConditionalOnBean(PostPhaseOperations.class)
public final class EarlyResponseHealthAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	Saturation earlyResponseSaturation(EarlyResponseProperties properties, PostPhaseOperations operations) {
		return new Saturation(operations.capacity(), properties.getHealth().getSaturationThreshold(),
				properties.getHealth().getRecoveryThreshold());
	}

	@Bean
	@ConditionalOnMissingBean(name = "earlyResponseHealthIndicator")
	EarlyResponseHealthIndicator earlyResponseHealthIndicator(EarlyResponseProperties properties,
			PostPhaseOperations operations, Saturation saturation, ObjectProvider<PostPhaseStore> store) {
		Status whenSaturated = (properties.getHealth().isReadiness()) ? Status.OUT_OF_SERVICE : Status.UP;
		return new EarlyResponseHealthIndicator(operations, saturation, whenSaturated, store.getIfUnique());
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(Endpoint.class)
	@ConditionalOnFlag(Flag.READINESS)
	static class ReadinessConfiguration {

		@Bean
		ReadinessGroupPostProcessor earlyResponseReadinessGroupPostProcessor() {
			return new ReadinessGroupPostProcessor("earlyResponse");
		}

	}

}
