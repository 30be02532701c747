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

package io.github.earlyresponse.handler;

import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.github.earlyresponse.call.PostPhaseRegistry;
import io.github.earlyresponse.engine.PostPhaseEngine;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.method.HandlerMethod;

/**
 * The plans of all annotated handlers.
 */
public final class HandlerPlans {

	private final SingletonSupplier<HandlerPlanFactory> factory;

	private final Map<Class<?>, Map<Method, HandlerPlan>> plans = new ConcurrentHashMap<>();

	/**
	 * Creates the plans.
	 * @param beanFactory for what conditions name, and who takes an {@code AfterResponse}
	 * @param registry the post-phases
	 * @param engine for how many post-phases can be in flight at once
	 * @param idempotentHandlers checks those that are idempotent
	 */
	public HandlerPlans(ConfigurableListableBeanFactory beanFactory, PostPhaseRegistry registry, PostPhaseEngine engine,
			IdempotentHandlers idempotentHandlers) {
		this.factory = SingletonSupplier
			.of(() -> new HandlerPlanFactory(beanFactory, registry, engine, idempotentHandlers));
	}

	/**
	 * The plan of an annotated handler.
	 * @param handlerMethod the handler
	 * @return the plan
	 * @throws io.github.earlyresponse.call.InvalidPostPhaseException if the handler
	 * cannot work
	 */
	public HandlerPlan get(HandlerMethod handlerMethod) {
		Map<Method, HandlerPlan> ofBeanType = this.plans.get(handlerMethod.getBeanType());
		HandlerPlan plan = (ofBeanType != null) ? ofBeanType.get(handlerMethod.getMethod()) : null;
		return (plan != null) ? plan : create(handlerMethod);
	}

	private HandlerPlan create(HandlerMethod handlerMethod) {
		return this.plans.computeIfAbsent(handlerMethod.getBeanType(), (beanType) -> new ConcurrentHashMap<>())
			.computeIfAbsent(handlerMethod.getMethod(), (method) -> this.factory.obtain().create(handlerMethod));
	}

}
