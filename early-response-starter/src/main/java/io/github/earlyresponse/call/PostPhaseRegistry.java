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

package io.github.earlyresponse.call;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;

import io.github.earlyresponse.PostPhase;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.SpringProxy;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.KotlinDetector;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.scheduling.annotation.Async;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;
import org.springframework.util.function.SingletonSupplier;

/**
 * The {@link PostPhase @PostPhase} methods of all beans by name, found and checked when
 * the application starts.
 */
public final class PostPhaseRegistry implements SmartInitializingSingleton {

	private static final String COROUTINES = "kotlinx.coroutines.BuildersKt";

	private static final List<Class<?>> laterTypes = laterTypes();

	private final ConfigurableListableBeanFactory beanFactory;

	private final AnnotatedBeanMethods beanMethods;

	private final SingletonSupplier<Map<String, PostPhaseMethod>> methods = SingletonSupplier.of(this::scan);

	private final SingletonSupplier<Map<String, PostPhaseMethod>> hidden = SingletonSupplier.of(this::scanHidden);

	private final MissingPostPhases missing;

	private final RetrySettings retry;

	private final @Nullable RetrySettings durableRetry;

	/**
	 * Creates the registry.
	 * @param beanFactory where the beans are
	 * @param beanMethods the methods of the beans
	 * @param retry the defaults of their retry policies
	 * @param durableRetry those of durable post-phases, {@code null} if there is no
	 * engine for them
	 */
	public PostPhaseRegistry(ConfigurableListableBeanFactory beanFactory, AnnotatedBeanMethods beanMethods,
			RetrySettings retry, @Nullable RetrySettings durableRetry) {
		this.beanFactory = beanFactory;
		this.beanMethods = beanMethods;
		this.missing = new MissingPostPhases(beanFactory);
		this.retry = retry;
		this.durableRetry = durableRetry;
	}

	private static List<Class<?>> laterTypes() {
		List<Class<?>> types = new ArrayList<>(List.of(CompletionStage.class, Future.class));
		ClassLoader classLoader = PostPhaseRegistry.class.getClassLoader();
		for (String kotlin : List.of("kotlinx.coroutines.Job", "kotlinx.coroutines.flow.Flow")) {
			if (ClassUtils.isPresent(kotlin, classLoader)) {
				types.add(ClassUtils.resolveClassName(kotlin, classLoader));
			}
		}
		return types;
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.methods.obtain();
	}

	/**
	 * The methods of the beans, among which the post-phases were found.
	 * @return the methods
	 */
	public AnnotatedBeanMethods beanMethods() {
		return this.beanMethods;
	}

	/**
	 * All post-phases.
	 * @return the methods
	 */
	public Collection<PostPhaseMethod> methods() {
		return this.methods.obtain().values();
	}

	/**
	 * The names of all post-phases.
	 * @return the names
	 */
	public Collection<String> names() {
		Collection<String> names = new TreeSet<>(this.methods.obtain().keySet());
		names.addAll(this.hidden.obtain().keySet());
		return names;
	}

	/**
	 * The post-phase of the given name, or what stands in for it. Where no bean is known
	 * to have it, those are created and looked at whose classes show only then.
	 * @param name the name
	 * @return the method, {@code null} if there is none
	 */
	public @Nullable PostPhaseMethod find(String name) {
		PostPhaseMethod method = this.methods.obtain().get(name);
		if (method == null) {
			method = this.hidden.obtain().get(name);
		}
		return (method != null) ? method : this.missing.replace(name);
	}

	/**
	 * What to do where a post-phase of the given name is wanted but does not exist.
	 * @param name the name
	 * @return what to do
	 */
	public String remedy(String name) {
		return "Put @PostPhase(\"" + name + "\") on a method of a bean, or use one of those that exist: " + names()
				+ "." + this.missing.remedy();
	}

	private Map<String, PostPhaseMethod> scan() {
		return byName(this.beanMethods.annotatedWith(PostPhase.class));
	}

	private Map<String, PostPhaseMethod> scanHidden() {
		return byName(this.beanMethods.annotatedWithInHidden(PostPhase.class));
	}

	private Map<String, PostPhaseMethod> byName(Collection<BeanMethod> beanMethods) {
		Map<String, PostPhaseMethod> methods = new LinkedHashMap<>();
		for (BeanMethod beanMethod : beanMethods) {
			PostPhaseMethod found = create(beanMethod);
			PostPhaseMethod other = methods.putIfAbsent(found.name(), found);
			if (other != null) {
				throw new InvalidPostPhaseException(
						"The post-phase name '" + found.name() + "' is used twice: by " + other + " and by " + found
								+ ".",
						"Give each @PostPhase method a name of its own; where both are one method of a class that is "
								+ "registered as two beans, remove one of the beans.");
			}
		}
		checkAliases(methods);
		return methods;
	}

	/**
	 * What is stored under a name must not be for two methods.
	 */
	private static void checkAliases(Map<String, PostPhaseMethod> methods) {
		Map<String, PostPhaseMethod> names = new LinkedHashMap<>(methods);
		for (PostPhaseMethod method : methods.values()) {
			for (String alias : method.aliases()) {
				PostPhaseMethod other = names.putIfAbsent(alias, method);
				if (other != null && other != method) {
					throw new InvalidPostPhaseException(
							"The alias '" + alias + "' of " + method + " is also "
									+ ((methods.containsKey(alias)) ? "the name" : "an alias") + " of " + other + ".",
							"Remove it where it does not belong. If a method has got the name that another one had "
									+ "before, choose a new name for it, so that stored calls are not run by both.");
				}
			}
		}
	}

	private PostPhaseMethod create(BeanMethod beanMethod) {
		Method method = beanMethod.method();
		PostPhase annotation = AnnotatedElementUtils.findMergedAnnotation(method, PostPhase.class);
		Assert.state(annotation != null, "The method has lost its annotation");
		checkModifiers(method);
		checkSuspending(method);
		checkEndsWithItsWork(beanMethod.beanClass(), method);
		checkScope(beanMethod);
		checkInvocable(beanMethod);
		String owner = describe(method);
		String name = name(annotation, name(method), owner);
		return new PostPhaseMethod(name, timeout(annotation, owner), retrying(annotation, owner),
				durability(annotation, method), beanMethod.beanFactory(), beanMethod.beanName(), beanMethod.beanClass(),
				method);
	}

	private Retrying retrying(PostPhase annotation, String owner) {
		RetrySettings durableRetry = this.durableRetry;
		if (!annotation.durable() || durableRetry == null) {
			return retrying(annotation, owner, this.retry);
		}
		Retrying retrying = retrying(annotation, owner, durableRetry);
		return (retrying.policy() != null) ? retrying : new Retrying(durableRetry.policy(), retrying.giveUpAfter());
	}

	private Retrying retrying(PostPhase annotation, String owner, RetrySettings defaults) {
		return new RetryPolicies(defaults, this.beanFactory::resolveEmbeddedValue).create(annotation.retry(), owner);
	}

	private Durability durability(PostPhase annotation, Method method) {
		if (annotation.durable() && this.durableRetry == null) {
			throw invalid(method, "is durable, but there is no durable engine",
					"Set early-response.durable.engine to jdbc and add early-response-jdbc, set it to memory for "
							+ "development, or remove durable = true.");
		}
		if (!annotation.durable() && annotation.aliases().length > 0) {
			throw invalid(method, "has aliases, but is not durable", "Remove the aliases, or add durable = true.");
		}
		for (String alias : annotation.aliases()) {
			String reason = (StringUtils.hasText(alias)) ? PostPhaseName.reasonAgainst(alias) : "must not be empty";
			if (reason != null) {
				throw invalid(method, "has an alias that " + reason, "Remove the alias.");
			}
		}
		return new Durability(annotation.durable(), List.of(annotation.aliases()),
				ClassUtils.resolvePrimitiveIfNecessary(annotation.checkpointType()));
	}

	/**
	 * The name of an annotation.
	 * @param annotation the annotation
	 * @param defaultName the name if it has none
	 * @param owner what is annotated, for people
	 * @return the name
	 * @throws InvalidPostPhaseException if it is no name for a post-phase
	 */
	public static String name(PostPhase annotation, String defaultName, String owner) {
		if (!StringUtils.hasText(annotation.name())) {
			return defaultName;
		}
		String reason = PostPhaseName.reasonAgainst(annotation.name());
		if (reason != null) {
			throw new InvalidPostPhaseException(owner + " has a name that " + reason + ".",
					"Choose a short name of visible characters, such as send-mail.");
		}
		return annotation.name();
	}

	private void checkModifiers(Method method) {
		String modifier = Proxied.modifierOfOwn(method);
		if (modifier != null) {
			throw invalid(method, "is " + modifier,
					"Remove that modifier, so that the method can be called through the proxy of its bean."
							+ KotlinRemedy.open(method.getDeclaringClass()));
		}
	}

	private static void checkSuspending(Method method) {
		if (KotlinDetector.isSuspendingFunction(method)
				&& !ClassUtils.isPresent(COROUTINES, PostPhaseRegistry.class.getClassLoader())) {
			throw invalid(method, "is a suspending function, for which kotlinx-coroutines-core is missing",
					"Add org.jetbrains.kotlinx:kotlinx-coroutines-core, or make it a plain function.");
		}
	}

	private void checkEndsWithItsWork(Class<?> beanClass, Method method) {
		Class<?> type = ResolvableType.forMethodReturnType(method, beanClass).toClass();
		boolean future = isLater(type) || ReactiveAdapterRegistry.getSharedInstance().getAdapter(type) != null;
		if (future || AnnotatedElementUtils.hasAnnotation(method, Async.class)
				|| AnnotatedElementUtils.hasAnnotation(beanClass, Async.class)) {
			throw invalid(method,
					"would return before its work is done, because it is "
							+ ((future) ? "declared to return " + type.getSimpleName() : "@Async"),
					"Do the work in the method itself, which has a thread of its own, and return void.");
		}
	}

	private static boolean isLater(Class<?> type) {
		for (Class<?> later : laterTypes) {
			if (later.isAssignableFrom(type)) {
				return true;
			}
		}
		return false;
	}

	private static void checkScope(BeanMethod beanMethod) {
		String scope = AnnotatedBeanMethods.scopeOfRequest(beanMethod.beanFactory(), beanMethod.beanName());
		if (scope != null) {
			throw invalid(beanMethod.method(),
					"belongs to the " + scope + "-scoped bean '" + beanMethod.beanName() + "'",
					"Move it to a singleton: the " + scope + " is out of reach after the response.");
		}
	}

	private static void checkInvocable(BeanMethod beanMethod) {
		Class<?> beanType = beanMethod.beanType();
		if (beanType != null && SpringProxy.class.isAssignableFrom(beanType) && !Proxy.isProxyClass(beanType)
				&& Proxied.isOutOfReach(beanMethod.method(), beanMethod.beanClass())) {
			throw invalid(beanMethod.method(),
					"is package-private in another package than " + beanMethod.beanClass().getName()
							+ ", which inherits it and has a proxy",
					"Make it protected or public, so that the method can be called through the proxy.");
		}
		try {
			AopUtils.selectInvocableMethod(beanMethod.method(), beanMethod.beanType());
		}
		catch (IllegalStateException ex) {
			throw invalid(beanMethod.method(),
					"cannot be called through the proxy of bean '" + beanMethod.beanName() + "'",
					"Declare it in an interface of the bean, or use class-based proxies.");
		}
	}

	/**
	 * Checks the annotation of what cannot be retried.
	 * @param annotation the annotation
	 * @param owner what is annotated, for people
	 * @throws InvalidPostPhaseException if it has a retry policy
	 */
	public static void checkNotRetried(PostPhase annotation, String owner) {
		if (!RetryPolicies.isDefault(annotation.retry())) {
			throw new InvalidPostPhaseException(owner + " has a @Retry, but the rest of a handler cannot be run again.",
					"Remove the @Retry, or move the work to a @PostPhase method that can be retried.");
		}
	}

	/**
	 * Checks the annotation of what cannot be stored.
	 * @param annotation the annotation
	 * @param owner what is annotated, for people
	 * @throws InvalidPostPhaseException if it is durable
	 */
	public static void checkNotDurable(PostPhase annotation, String owner) {
		if (annotation.durable() || annotation.aliases().length > 0) {
			throw new InvalidPostPhaseException(owner + " is durable, but the rest of a handler cannot be stored.",
					"Remove durable and aliases, or move the work to a @PostPhase method that can be durable.");
		}
	}

	/**
	 * The time limit of an annotation, with its placeholders resolved.
	 * @param annotation the annotation
	 * @param owner what is annotated, for people
	 * @return the time limit, zero for none, {@code null} for that of the engine
	 * @throws InvalidPostPhaseException if it is no time limit
	 */
	public @Nullable Duration timeout(PostPhase annotation, String owner) {
		String value = annotation.timeout();
		try {
			value = this.beanFactory.resolveEmbeddedValue(value);
			if (!StringUtils.hasText(value)) {
				return null;
			}
			Duration timeout = DurationStyle.detectAndParse(value);
			String reason = DurationBounds.reasonAgainstIfNotZero(timeout);
			if (reason != null) {
				throw invalidTimeout(owner, value, ", which " + reason);
			}
			return timeout;
		}
		catch (IllegalArgumentException ex) {
			throw invalidTimeout(owner, value, "");
		}
	}

	private static InvalidPostPhaseException invalidTimeout(String owner, @Nullable String value, String reason) {
		return new InvalidPostPhaseException(owner + " has the timeout '" + value + "'" + reason + ".",
				"Use a duration such as 90s, 10m or PT10M, 0 for no limit, or a placeholder for one of these that can "
						+ "be resolved.");
	}

	/**
	 * The name in the source: Kotlin appends a hash, after a hyphen, where a parameter is
	 * of a value class.
	 */
	private static String name(Method method) {
		String name = method.getName();
		int hyphen = name.indexOf('-');
		return (hyphen > 0) ? name.substring(0, hyphen) : name;
	}

	private static InvalidPostPhaseException invalid(Method method, String reason, String action) {
		return new InvalidPostPhaseException(describe(method) + " " + reason + ".", action);
	}

	private static String describe(Method method) {
		return "@PostPhase method " + ClassUtils.getQualifiedMethodName(method) + "()";
	}

}
