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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.engine.AnnotatedBeanMethods;
import io.github.earlyresponse.engine.InvalidPostPhaseException;
import io.github.earlyresponse.engine.PostPhaseMethod;
import io.github.earlyresponse.engine.PostPhaseRegistry;
import org.aopalliance.aop.Advice;

import org.springframework.aop.framework.Advised;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodClassKey;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;

/**
 * The plans of all annotated handlers, made and checked when the application starts.
 */
public final class HandlerPlans implements SmartInitializingSingleton {

	private final ConfigurableListableBeanFactory beanFactory;

	private final Class<? extends Advice> advice;

	private final HandlerPlanFactory factory;

	private final PostPhaseRegistry registry;

	private final Map<MethodClassKey, HandlerPlan> plans = new ConcurrentHashMap<>();

	/**
	 * Creates the plans.
	 * @param beanFactory where the handlers are
	 * @param registry the post-phases
	 * @param capacity how many post-phases can be in flight at once
	 * @param advice the advice that makes a handler continue
	 */
	public HandlerPlans(ConfigurableListableBeanFactory beanFactory, PostPhaseRegistry registry, IntSupplier capacity,
			Class<? extends Advice> advice) {
		this.beanFactory = beanFactory;
		this.registry = registry;
		this.advice = advice;
		this.factory = new HandlerPlanFactory(beanFactory, registry, capacity);
	}

	/**
	 * The plan of an annotated handler.
	 * @param handlerMethod the handler
	 * @return the plan
	 * @throws InvalidPostPhaseException if the handler was registered after the start of
	 * the application and cannot work
	 */
	public HandlerPlan get(HandlerMethod handlerMethod) {
		MethodClassKey key = new MethodClassKey(handlerMethod.getMethod(), handlerMethod.getBeanType());
		HandlerPlan plan = this.plans.get(key);
		return (plan != null) ? plan : this.plans.computeIfAbsent(key, (missing) -> this.factory.create(handlerMethod));
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.registry.methods().forEach(HandlerPlans::checkParameters);
		Set<MethodClassKey> handlers = new HashSet<>();
		for (RequestMappingInfoHandlerMapping mapping : this.beanFactory
			.getBeansOfType(RequestMappingInfoHandlerMapping.class)
			.values()) {
			for (HandlerMethod handlerMethod : mapping.getHandlerMethods().values()) {
				handlers.add(new MethodClassKey(handlerMethod.getMethod(), handlerMethod.getBeanType()));
				check(handlerMethod);
			}
		}
		AnnotatedBeanMethods.forEach(this.beanFactory, RespondThenContinue.class, (beanName, beanClass, method) -> {
			if (!handlers.contains(new MethodClassKey(method, beanClass))) {
				throw new InvalidPostPhaseException(
						"@RespondThenContinue is on " + ClassUtils.getQualifiedMethodName(method)
								+ "(), which is no handler method of Spring MVC.",
						"Put it on a method with @GetMapping, @PostMapping or the like in a controller.");
			}
		});
	}

	private static void checkParameters(PostPhaseMethod postPhase) {
		for (MethodParameter parameter : postPhase.parameters()) {
			Class<?> bound = RequestBoundTypes.findIn(ResolvableType.forMethodParameter(parameter));
			if (bound != null) {
				throw new InvalidPostPhaseException(
						"Post-phase '" + postPhase.name() + "', " + postPhase + ", takes "
								+ withArticle(bound.getSimpleName()) + ", which dies with the request.",
						RequestBoundTypes.remedy(bound));
			}
		}
	}

	private static String withArticle(String name) {
		return (("AEIOU".indexOf(name.charAt(0)) >= 0) ? "an " : "a ") + name;
	}

	/**
	 * Checks that a handler can work: one of the application when it starts, one that is
	 * registered elsewhere by whoever does that.
	 * @param handlerMethod the handler, annotated or not
	 * @throws InvalidPostPhaseException if it cannot work
	 */
	public void check(HandlerMethod handlerMethod) {
		if (handlerMethod.hasMethodAnnotation(RespondThenContinue.class)) {
			get(handlerMethod);
			checkAdvised(handlerMethod);
		}
		else {
			checkNotTaken(handlerMethod.getMethod(), AfterResponse.class);
			checkNotTaken(handlerMethod.getMethod(), EarlyResponse.class);
		}
	}

	private static void checkNotTaken(Method handler, Class<?> type) {
		if (List.of(handler.getParameterTypes()).contains(type)) {
			throw new InvalidPostPhaseException("Handler " + ClassUtils.getQualifiedMethodName(handler) + "() takes an "
					+ type.getSimpleName() + " but is not annotated with @RespondThenContinue.",
					"Add @RespondThenContinue to it.");
		}
	}

	private void checkAdvised(HandlerMethod handlerMethod) {
		Object bean = handlerMethod.getBean();
		if (bean instanceof String beanName) {
			if (!this.beanFactory.containsSingleton(beanName)) {
				return;
			}
			bean = this.beanFactory.getBean(beanName);
		}
		if (bean instanceof Advised advised) {
			for (var advisor : advised.getAdvisors()) {
				if (this.advice.isInstance(advisor.getAdvice())) {
					return;
				}
			}
		}
		throw new InvalidPostPhaseException(
				"Handler " + HandlerSignature.of(handlerMethod)
						+ " cannot continue: its object is not a bean with a proxy.",
				"Register the handler as a Spring bean; in a test, pass that bean to standaloneSetup. If it is one, "
						+ "something needs it before it can be proxied: the log names the BeanPostProcessor.");
	}

}
