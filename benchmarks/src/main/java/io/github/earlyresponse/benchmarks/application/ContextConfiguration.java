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

package io.github.earlyresponse.benchmarks.application;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import jakarta.servlet.Filter;
import org.slf4j.MDC;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.i18n.LocaleContextThreadLocalAccessor;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.web.SecurityFilterChain;

/**
 * The context of a request as applications have it, and its way to
 * {@link org.springframework.scheduling.annotation.Async @Async} methods. The starter
 * carries it without being told.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "benchmark.context", matchIfMissing = true)
class ContextConfiguration {

	@Bean
	TaskDecorator taskDecorator() {
		ContextRegistry registry = ContextRegistry.getInstance();
		registry.registerThreadLocalAccessor(new Slf4jThreadLocalAccessor());
		registry.registerThreadLocalAccessor(new LocaleContextThreadLocalAccessor());
		return new ContextPropagatingTaskDecorator();
	}

	@Bean
	SecurityFilterChain securityFilterChain(HttpSecurity http) {
		return http.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated())
			.sessionManagement((session) -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
			.csrf((csrf) -> csrf.disable())
			.httpBasic(Customizer.withDefaults())
			.build();
	}

	/**
	 * A password that is not hashed, and not hashed at the first login either: that would
	 * be all that is measured.
	 */
	@Bean
	UserDetailsService users() {
		return (name) -> User.withUsername(name).password("{noop}lovelace").authorities("customer").build();
	}

	@Bean
	Filter correlationFilter() {
		return (request, response, chain) -> {
			MDC.put("correlation", request.getRequestId());
			try {
				chain.doFilter(request, response);
			}
			finally {
				MDC.clear();
			}
		};
	}

}
