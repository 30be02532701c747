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

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.call.PostPhaseRegistry;
import io.github.earlyresponse.context.CompositeContextCarrier;
import io.github.earlyresponse.engine.IdempotencyStore;
import io.github.earlyresponse.engine.PostPhaseEngine;
import io.github.earlyresponse.handler.ChildContextChecks;
import io.github.earlyresponse.handler.HandlerChecks;
import io.github.earlyresponse.handler.HandlerPlans;
import io.github.earlyresponse.handler.IdempotentHandlers;
import io.github.earlyresponse.memory.MemoryIdempotencyStore;
import io.github.earlyresponse.web.AttemptInterceptor;
import io.github.earlyresponse.web.CompletingFilter;
import io.github.earlyresponse.web.ExceptionRecorder;
import io.github.earlyresponse.web.ExchangeListener;
import io.github.earlyresponse.web.HandlerCheckInterceptor;
import io.github.earlyresponse.web.InjectedAfterResponse;
import io.github.earlyresponse.web.RejectionAdvice;
import io.github.earlyresponse.web.RespondThenContinueInterceptor;
import io.github.earlyresponse.web.RespondThenContinuePostProcessor;
import io.github.earlyresponse.web.SpringMvcPostProcessor;
import io.github.earlyresponse.web.idempotency.IdempotentRequests;
import io.github.earlyresponse.web.request.GuardRuntimeHints;
import io.github.earlyresponse.web.request.UploadDirectory;
import io.github.earlyresponse.web.response.PostPhaseAnnouncer;
import io.github.earlyresponse.web.send.HandlerThreads;
import jakarta.servlet.DispatcherType;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletListenerRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.web.servlet.handler.MappedInterceptor;

/**
 * The way of a request: from the interceptor around the handler to the outermost filter.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnFlag(Flag.ENABLED)
@ImportRuntimeHints({ GuardRuntimeHints.class, PresenceRuntimeHints.class })
class WebConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static RespondThenContinuePostProcessor respondThenContinuePostProcessor() {
		return new RespondThenContinuePostProcessor("respondThenContinueInterceptor", new AttemptInterceptor());
	}

	/**
	 * Lazy, because an application without handlers that continue does not need it.
	 */
	@Bean
	@Lazy
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	RespondThenContinueInterceptor respondThenContinueInterceptor(HandlerPlans plans, PostPhaseEngine engine,
			ObjectProvider<ContextCarrier> contextCarriers, UploadDirectory uploadDirectory,
			HandlerThreads handlerThreads, ObjectProvider<PostPhaseAnnouncer> announcer,
			IdempotentHandlers idempotentHandlers, EarlyResponseProperties properties) {
		List<ContextCarrier> carriers = contextCarriers.orderedStream().toList();
		return new RespondThenContinueInterceptor(plans, engine, new CompositeContextCarrier(carriers),
				CompositeContextCarrier.forPostPhases(carriers), uploadDirectory, handlerThreads,
				announcer.getIfAvailable(), new IdempotentRequests(idempotentHandlers, properties.getRetryAfter()));
	}

	@Bean
	UploadDirectory earlyResponseUploadDirectory(EarlyResponseProperties properties) {
		Path path = properties.getUpload().getDirectory();
		try {
			return UploadDirectory.of(path);
		}
		catch (IOException ex) {
			throw new InvalidConfigurationPropertyValueException("early-response.upload.directory", path,
					"No files can be made there: " + ex + ".");
		}
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static SpringMvcPostProcessor earlyResponseSpringMvcPostProcessor(ObjectProvider<PostPhaseRegistry> registry) {
		return SpringMvcPostProcessor.enabled(registry);
	}

	@Bean
	HandlerPlans respondThenContinueHandlerPlans(ConfigurableListableBeanFactory beanFactory,
			PostPhaseRegistry registry, PostPhaseEngine engine, IdempotentHandlers idempotentHandlers) {
		return new HandlerPlans(beanFactory, registry, engine, idempotentHandlers);
	}

	@Bean
	IdempotentHandlers earlyResponseIdempotentHandlers(ObjectProvider<IdempotencyStore> stores,
			EarlyResponseProperties properties) {
		MemoryIdempotencyStore memory = (properties.getDurable().getEngine() == DurableEngine.MEMORY)
				? new MemoryIdempotencyStore(properties.getIdempotency().getKeepFor()) : null;
		return new IdempotentHandlers(stores, memory);
	}

	@Bean
	HandlerChecks respondThenContinueHandlerChecks(ConfigurableListableBeanFactory beanFactory,
			PostPhaseRegistry registry, HandlerPlans plans) {
		return new HandlerChecks(beanFactory, registry, plans, RespondThenContinueInterceptor.class);
	}

	@Bean
	ChildContextChecks respondThenContinueChildContextChecks() {
		return new ChildContextChecks();
	}

	@Bean
	MappedInterceptor respondThenContinueHandlerCheckInterceptor(HandlerChecks checks) {
		return new MappedInterceptor(null, new HandlerCheckInterceptor(checks));
	}

	@Bean
	@ConditionalOnMissingBean(AfterResponse.class)
	InjectedAfterResponse earlyResponseAfterResponse(PostPhaseRegistry registry) {
		return new InjectedAfterResponse(registry);
	}

	/**
	 * Lazy, as the interceptor that needs them.
	 */
	@Bean
	@Lazy
	HandlerThreads earlyResponseHandlerThreads(EarlyResponseProperties properties, Environment environment) {
		EarlyResponseProperties.Executor executor = properties.getExecutor();
		return new HandlerThreads(executor.getThreadNamePrefix() + "handler-",
				EngineConfiguration.virtualThreads(executor, environment));
	}

	@Bean
	ExceptionRecorder earlyResponseExceptionRecorder() {
		return new ExceptionRecorder();
	}

	@Bean
	RejectionAdvice postPhaseRejectionAdvice() {
		return new RejectionAdvice();
	}

	@Bean
	FilterRegistrationBean<CompletingFilter> earlyResponseFilter(IdempotentHandlers idempotentHandlers) {
		FilterRegistrationBean<CompletingFilter> registration = new FilterRegistrationBean<>(
				new CompletingFilter(idempotentHandlers::arePresent));
		registration.setName("earlyResponseFilter");
		registration.setDispatcherTypes(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.FORWARD,
				DispatcherType.ERROR);
		registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
		return registration;
	}

	@Bean
	ServletListenerRegistrationBean<ExchangeListener> earlyResponseListener() {
		return new ServletListenerRegistrationBean<>(new ExchangeListener());
	}

}
