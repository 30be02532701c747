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
import io.github.earlyresponse.context.TraceRestorer;
import io.github.earlyresponse.micrometer.LinkingTracingObservationHandler;
import io.micrometer.tracing.Tracer;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;

/**
 * Auto-configuration of the traces of post-phases: those of requests that were stored,
 * and of traces of their own.
 */
@AutoConfiguration(after = EarlyResponseAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration")
@ConditionalOnClass(Tracer.class)
@ConditionalOnBean({ PostPhaseOperations.class, Tracer.class })
public final class EarlyResponseTracingAutoConfiguration {

	/**
	 * Before the handlers of Spring Boot, of which the first that fits is taken.
	 */
	private static final int ORDER = 0;

	@Bean
	TraceRestorer traceRestorer(Tracer tracer) {
		return new TraceRestorer(tracer);
	}

	@Bean
	@ConditionalOnFlag(Flag.LINKED)
	@Order(ORDER)
	@ConditionalOnMissingBean
	LinkingTracingObservationHandler linkingTracingObservationHandler(Tracer tracer) {
		return new LinkingTracingObservationHandler(tracer);
	}

}
