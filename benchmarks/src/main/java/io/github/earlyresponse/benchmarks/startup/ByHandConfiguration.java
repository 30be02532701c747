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

package io.github.earlyresponse.benchmarks.startup;

import io.github.earlyresponse.RespondThenContinue;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.servlet.Filter;
import org.aopalliance.intercept.MethodInterceptor;

import org.springframework.aop.framework.AbstractAdvisingBeanPostProcessor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.web.bind.annotation.RestController;

/**
 * The least that the start of an application has to do that offers the same with its own
 * code: proxies of the controllers that have annotated handlers, whose advice does
 * nothing, and a filter, threads, meters, an endpoint and properties. Nothing is
 * validated.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("by-hand.enabled")
@EnableConfigurationProperties(ByHandConfiguration.Properties.class)
class ByHandConfiguration {

	@Bean
	static ByHandPostProcessor byHandPostProcessor() {
		return new ByHandPostProcessor();
	}

	@Bean
	FilterRegistrationBean<Filter> byHandFilter() {
		FilterRegistrationBean<Filter> filter = new FilterRegistrationBean<>(
				(request, response, chain) -> chain.doFilter(request, response));
		filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
		return filter;
	}

	/**
	 * No default candidate, for which Spring Boot would leave out its own executor.
	 */
	@Bean(defaultCandidate = false)
	ThreadPoolTaskExecutor byHandExecutor(Properties properties) {
		ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
		executor.setCorePoolSize(properties.maxConcurrency());
		executor.setMaxPoolSize(properties.maxConcurrency());
		executor.setQueueCapacity(properties.queueCapacity());
		return executor;
	}

	@Bean
	MeterBinder byHandMeters(@Qualifier("byHandExecutor") ThreadPoolTaskExecutor byHandExecutor) {
		return (registry) -> {
			Counter.builder("by.hand.accepted").register(registry);
			Counter.builder("by.hand.finished").register(registry);
			Timer.builder("by.hand").register(registry);
			Gauge.builder("by.hand.active", byHandExecutor, ThreadPoolTaskExecutor::getActiveCount).register(registry);
		};
	}

	@Bean
	@ConditionalOnAvailableEndpoint
	ByHandEndpoint byHandEndpoint(@Qualifier("byHandExecutor") ThreadPoolTaskExecutor byHandExecutor) {
		return new ByHandEndpoint(byHandExecutor);
	}

	/**
	 * Puts an advice around annotated handlers, which it looks for in controllers only.
	 */
	@SuppressWarnings("serial")
	static final class ByHandPostProcessor extends AbstractAdvisingBeanPostProcessor {

		ByHandPostProcessor() {
			this.advisor = new DefaultPointcutAdvisor(
					new AnnotationMatchingPointcut(null, RespondThenContinue.class, true),
					(MethodInterceptor) (invocation) -> invocation.proceed());
			setProxyTargetClass(true);
		}

		@Override
		protected boolean isEligible(Class<?> targetClass) {
			return targetClass.isAnnotationPresent(RestController.class) && super.isEligible(targetClass);
		}

	}

	/**
	 * Shows what is running.
	 */
	@Endpoint(id = "byhand")
	record ByHandEndpoint(ThreadPoolTaskExecutor executor) {

		@ReadOperation
		int active() {
			return this.executor.getActiveCount();
		}

	}

	/**
	 * How much runs at once.
	 */
	@ConfigurationProperties("by-hand")
	record Properties(boolean enabled, @DefaultValue("8") int maxConcurrency, @DefaultValue("100") int queueCapacity) {
	}

}
