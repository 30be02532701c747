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
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.call.AnnotatedBeanMethods;
import io.github.earlyresponse.call.AnnotatedMethods;
import io.github.earlyresponse.call.BeanMethod;
import io.github.earlyresponse.call.InvalidPostPhaseException;
import io.github.earlyresponse.call.KotlinRemedy;
import io.github.earlyresponse.call.PostPhaseMethod;
import io.github.earlyresponse.call.PostPhaseRegistry;
import org.aopalliance.aop.Advice;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;
import org.springframework.web.method.HandlerMethod;

/**
 * Checks everything that is annotated when the application starts, and handlers that are
 * registered afterwards before their first call.
 */
public final class HandlerChecks implements SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog(HandlerChecks.class);

	/**
	 * The bean by which Spring's tests replace beans, with mocks for instance.
	 */
	private static final String BEAN_OVERRIDES = "org.springframework.test.context.bean.override.internalBeanOverrideRegistry";

	private static final String REGISTER = "Register the handler as a Spring bean; in a test, pass that bean to "
			+ "standaloneSetup. If it is one, something needs it before it can be proxied: the log names the "
			+ "BeanPostProcessor.";

	private final ConfigurableListableBeanFactory beanFactory;

	private final PostPhaseRegistry registry;

	private final HandlerPlans plans;

	private final Class<? extends Advice> advice;

	private final Set<HandlerMethod> checked = ConcurrentHashMap.newKeySet();

	/**
	 * Creates the checks.
	 * @param beanFactory where the handlers are
	 * @param registry the post-phases
	 * @param plans the plans of the handlers
	 * @param advice the advice that makes a handler continue
	 */
	public HandlerChecks(ConfigurableListableBeanFactory beanFactory, PostPhaseRegistry registry, HandlerPlans plans,
			Class<? extends Advice> advice) {
		this.beanFactory = beanFactory;
		this.registry = registry;
		this.plans = plans;
		this.advice = advice;
	}

	@Override
	public void afterSingletonsInstantiated() {
		for (PostPhaseMethod postPhase : this.registry.methods()) {
			checkParameters(postPhase);
		}
		MappedHandlers handlers = MappedHandlers.of(this.beanFactory);
		for (HandlerMethod handler : handlers.all()) {
			check(handler);
		}
		AnnotatedBeanMethods beanMethods = this.registry.beanMethods();
		for (BeanMethod method : beanMethods.annotatedWith(RespondThenContinue.class)) {
			if (isMine(method.beanFactory()) && !handlers.contains(method)) {
				checkNotMisplaced(handlers, method);
			}
		}
		for (BeanMethod method : beanMethods.takingResponse()) {
			if (isMine(method.beanFactory()) && !handlers.contains(method)) {
				checkTakesNoResponse(method);
			}
		}
	}

	/**
	 * Whether nobody else checks the beans of a context, which may be an ancestor.
	 */
	private boolean isMine(ConfigurableListableBeanFactory beanFactory) {
		return beanFactory == this.beanFactory || !isChecked(beanFactory);
	}

	static boolean isChecked(ConfigurableListableBeanFactory beanFactory) {
		return beanFactory.getBeanNamesForType(HandlerChecks.class, true, false).length > 0;
	}

	/**
	 * Checks that a handler can work, once.
	 * @param handlerMethod the handler, annotated or not
	 * @throws InvalidPostPhaseException if it cannot work
	 */
	public void check(HandlerMethod handlerMethod) {
		HandlerMethod registered = handlerMethod.getResolvedFromHandlerMethod();
		HandlerMethod handler = (registered != null) ? registered : handlerMethod;
		if (!this.checked.contains(handler)) {
			if (AnnotatedMethods.mayHave(handler.getBeanType(), RespondThenContinue.class)
					&& handler.hasMethodAnnotation(RespondThenContinue.class)) {
				this.plans.get(handler);
				checkAdvised(handler, handlerMethod);
			}
			else {
				checkNotTaken(handler.getMethod(), AfterResponse.class);
				checkNotTaken(handler.getMethod(), EarlyResponse.class);
			}
			this.checked.add(handler);
		}
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

	private static void checkNotTaken(Method handler, Class<?> type) {
		if (List.of(handler.getParameterTypes()).contains(type)) {
			throw new InvalidPostPhaseException("Handler " + ClassUtils.getQualifiedMethodName(handler) + "() takes an "
					+ type.getSimpleName() + " but is not annotated with @RespondThenContinue.",
					"Add @RespondThenContinue to it.");
		}
	}

	/**
	 * Checks the object of a handler.
	 * @param handler the handler as it is registered, by name in most cases
	 * @param resolved the same, or the same with its object
	 */
	private void checkAdvised(HandlerMethod handler, HandlerMethod resolved) {
		String name = (handler.getBean() instanceof String beanName) ? beanName : null;
		Object bean = (resolved.getBean() instanceof String beanName) ? existing(beanName) : resolved.getBean();
		if (bean == null || bean instanceof ScopedObject) {
			if (name != null) {
				checkAdvisable(name, handler);
			}
		}
		else if (!isAdvised(bean)) {
			if (name == null || owner(name) == null || !this.beanFactory.containsSingleton(BEAN_OVERRIDES)) {
				throw notAdvised(handler, bean.getClass());
			}
			logger
				.warn("Handler " + HandlerSignature.of(handler) + " does not continue: the test has replaced its bean");
		}
	}

	private boolean isAdvised(Object bean) {
		if (bean instanceof Advised advised) {
			for (var advisor : advised.getAdvisors()) {
				if (this.advice.isInstance(advisor.getAdvice())) {
					return true;
				}
			}
		}
		return false;
	}

	private @Nullable Object existing(String beanName) {
		ConfigurableListableBeanFactory owner = owner(beanName);
		return (owner != null && owner.containsSingleton(beanName)) ? owner.getBean(beanName) : null;
	}

	private @Nullable ConfigurableListableBeanFactory owner(String beanName) {
		BeanFactory current = this.beanFactory;
		while (current instanceof ConfigurableListableBeanFactory factory) {
			if (factory.containsLocalBean(beanName)) {
				return factory;
			}
			current = factory.getParentBeanFactory();
		}
		return null;
	}

	/**
	 * Of a bean that is made later: it gets its proxy then. The advice is made now, so
	 * that what is wrong with it shows at the start.
	 */
	private void checkAdvisable(String beanName, HandlerMethod handlerMethod) {
		ConfigurableListableBeanFactory owner = owner(beanName);
		if (owner == null) {
			return;
		}
		String target = ScopedProxyUtils.getTargetBeanName(beanName);
		Class<?> type = AutoProxyUtils.determineTargetClass(owner, owner.containsBean(target) ? target : beanName);
		if (type == null) {
			type = handlerMethod.getBeanType();
		}
		if ((Modifier.isFinal(type.getModifiers()) && !Proxy.isProxyClass(type))
				|| (owner != this.beanFactory && !isChecked(owner))) {
			throw notAdvised(handlerMethod, type);
		}
		this.beanFactory.getBean(this.advice);
	}

	private static InvalidPostPhaseException notAdvised(HandlerMethod handlerMethod, Class<?> type) {
		if (Modifier.isFinal(type.getModifiers()) && !Proxy.isProxyClass(type)) {
			return new InvalidPostPhaseException(
					"Class " + type.getName() + " has a @RespondThenContinue handler but is final.",
					"Remove that modifier: a proxy has to extend the class." + KotlinRemedy.open(type));
		}
		return new InvalidPostPhaseException("Handler " + HandlerSignature.of(handlerMethod)
				+ " cannot continue: its object is not a bean with a proxy.", REGISTER);
	}

	private void checkNotMisplaced(MappedHandlers handlers, BeanMethod method) {
		if (handlers.mayContain(method)) {
			check(new HandlerMethod(method.beanName(), method.beanFactory(), method.method()));
		}
		else if (!HttpApis.isImplementedAsClient(method)) {
			throw new InvalidPostPhaseException(
					"@RespondThenContinue is on " + method + ", which is no handler method of Spring MVC.",
					(HttpApis.isHiddenByProxy(method))
							? "Spring MVC sees only the interfaces of the proxy of bean '" + method.beanName()
									+ "'. Use class-based proxies, as with spring.aop.proxy-target-class=true."
							: "Put it on a method with @GetMapping, @PostMapping or the like in a controller. A handler that is "
									+ "registered by RequestMappingHandlerMapping.registerMapping has to be registered while "
									+ "beans are initialized.");
		}
	}

	private static void checkTakesNoResponse(BeanMethod method) {
		String annotation = HttpApis.annotationThatIsNoHandler(method.method());
		if (annotation != null && !AnnotatedElementUtils.hasAnnotation(method.method(), PostPhase.class)) {
			throw takesResponse(method, annotation);
		}
	}

	static InvalidPostPhaseException takesResponse(BeanMethod method, String annotation) {
		boolean after = List.of(method.method().getParameterTypes()).contains(AfterResponse.class);
		String type = (after) ? AfterResponse.class.getSimpleName() : EarlyResponse.class.getSimpleName();
		return new InvalidPostPhaseException(
				"@" + annotation + " method " + method + " takes an " + type + ", which only handlers have.",
				"Take it in the @RespondThenContinue handler. What has to follow a failure is a post-phase of the handler "
						+ "that continues on = ContinueOn.FAILURE and takes the exception.");
	}

}
