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

import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.context.HandlerOnlyCarrier;
import io.github.earlyresponse.context.LocaleCarrier;
import io.github.earlyresponse.context.MdcCarrier;
import io.github.earlyresponse.context.ObservationCarrier;
import io.github.earlyresponse.context.SecurityCarrier;
import io.github.earlyresponse.context.TraceRestorer;
import io.github.earlyresponse.web.request.EndedRequestCarrier;
import io.micrometer.observation.ObservationRegistry;
import jakarta.servlet.http.HttpServletRequest;
import org.slf4j.MDC;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolderStrategy;

/**
 * What goes along. The observation comes after the MDC, into which tracing writes.
 */
@Configuration(proxyBeanMethods = false)
class ContextCarrierConfiguration {

	@Bean
	@Order(1)
	ContextCarrier localeContextCarrier(EarlyResponseProperties properties) {
		return carrier(new LocaleCarrier(), properties.getContext().isLocale());
	}

	/**
	 * What is switched off is there in the handler all the same, also on a thread of its
	 * own.
	 */
	private static ContextCarrier carrier(ContextCarrier carrier, boolean enabled) {
		return (enabled) ? carrier : new HandlerOnlyCarrier(carrier);
	}

	/**
	 * Also without a web server, for post-phases that ask for a request. Such an
	 * application need not have the servlet API.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(HttpServletRequest.class)
	static class RequestGuardConfiguration {

		@Bean
		@Order(0)
		@ConditionalOnFlag(Flag.REQUEST_GUARD)
		EndedRequestCarrier endedRequestContextCarrier() {
			return new EndedRequestCarrier();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MDC.class)
	static class MdcConfiguration {

		@Bean
		@Order(2)
		ContextCarrier mdcContextCarrier(EarlyResponseProperties properties) {
			return carrier(new MdcCarrier(), properties.getContext().isMdc());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ObservationRegistry.class)
	static class ObservationConfiguration {

		@Bean
		@Order(3)
		ContextCarrier observationContextCarrier(EarlyResponseProperties properties,
				ObjectProvider<ObservationRegistry> registry, ObjectProvider<TraceRestorer> traceRestorer) {
			return carrier(new ObservationCarrier(registry.getIfUnique(() -> ObservationRegistry.NOOP),
					traceRestorer.getIfAvailable()), properties.getContext().isObservation());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(SecurityContextHolder.class)
	static class SecurityConfiguration {

		@Bean
		@Order(4)
		ContextCarrier securityContextCarrier(EarlyResponseProperties properties,
				ObjectProvider<SecurityContextHolderStrategy> strategy) {
			return carrier(new SecurityCarrier(strategy.getIfUnique(SecurityContextHolder::getContextHolderStrategy)),
					properties.getContext().isSecurity());
		}

	}

}
