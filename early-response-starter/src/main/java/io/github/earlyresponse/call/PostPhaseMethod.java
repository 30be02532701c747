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

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;

import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.RequestSnapshot;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.KotlinDetector;
import org.springframework.core.MethodParameter;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * A {@link io.github.earlyresponse.PostPhase @PostPhase} method of a bean.
 */
public final class PostPhaseMethod {

	private static final ParameterNameDiscoverer parameterNames = new DefaultParameterNameDiscoverer();

	private static final Method STAND_IN = ClassUtils.getMethod(PostPhaseStandIn.class, "run", Object[].class,
			PostPhaseContext.class);

	private final String name;

	private final @Nullable Duration timeout;

	private final Retrying retrying;

	private final Durability durability;

	private final BeanFactory beanFactory;

	private final String beanName;

	private final Method method;

	private final MethodParameter[] parameters;

	private final boolean provided;

	private final boolean suspending;

	private volatile @Nullable Invocable invocable;

	PostPhaseMethod(String name, @Nullable Duration timeout, Retrying retrying, Durability durability,
			BeanFactory beanFactory, String beanName, Class<?> beanClass, Method method) {
		this.name = name;
		this.timeout = timeout;
		this.retrying = retrying;
		this.durability = durability;
		this.beanFactory = beanFactory;
		this.beanName = beanName;
		this.method = method;
		this.suspending = KotlinDetector.isSuspendingFunction(method);
		// The last parameter of a suspending function is its continuation
		this.parameters = new MethodParameter[method.getParameterCount() - ((this.suspending) ? 1 : 0)];
		for (int i = 0; i < this.parameters.length; i++) {
			this.parameters[i] = new MethodParameter(method, i).withContainingClass(beanClass);
			this.parameters[i].initParameterNameDiscovery(parameterNames);
		}
		this.provided = providesAny(method.getParameterTypes());
	}

	static PostPhaseMethod standIn(String name, BeanFactory beanFactory, String beanName) {
		return new PostPhaseMethod(name, null, Retrying.DEFAULT, Durability.NONE, beanFactory, beanName,
				PostPhaseStandIn.class, STAND_IN);
	}

	/**
	 * Whether this runs instead of a post-phase that is missing. Then its first parameter
	 * takes all that there is.
	 * @return whether it does
	 */
	public boolean isStandIn() {
		return this.method == STAND_IN;
	}

	/**
	 * The name of the post-phase.
	 * @return the name
	 */
	public String name() {
		return this.name;
	}

	/**
	 * The time limit of an attempt.
	 * @return the time limit, zero for none, {@code null} for that of the engine
	 */
	public @Nullable Duration timeout() {
		return this.timeout;
	}

	/**
	 * When a failed attempt is retried.
	 * @return the retry policy, {@code null} for that of the engine
	 */
	public @Nullable RetryPolicy retryPolicy() {
		return this.retrying.policy();
	}

	/**
	 * For how long failed attempts are retried.
	 * @return the time since the post-phase was accepted, {@code null} for that of the
	 * engine
	 */
	public @Nullable Duration giveUpAfter() {
		return this.retrying.giveUpAfter();
	}

	/**
	 * Whether calls of the method have to be stored, so that they outlive the process.
	 * @return whether it is durable
	 */
	public boolean isDurable() {
		return this.durability.durable();
	}

	/**
	 * Earlier names, by which calls of the method may be stored.
	 * @return the names
	 */
	public List<String> aliases() {
		return this.durability.aliases();
	}

	/**
	 * The type of the checkpoints.
	 * @return the type, {@link Object} if it is not specified
	 */
	public Class<?> checkpointType() {
		return this.durability.checkpointType();
	}

	/**
	 * The parameters, with their names and resolved generic types.
	 * @return the parameters
	 */
	public MethodParameter[] parameters() {
		return this.parameters.clone();
	}

	/**
	 * Whether the arguments of the last parameter may be listed.
	 * @return whether it is declared so, as in {@code String...}
	 */
	public boolean isVarArgs() {
		return this.method.isVarArgs();
	}

	/**
	 * Whether the method is the one that an advice of the bean sees.
	 * @param method the method that is called
	 * @param targetClass the class of the bean
	 * @return whether it is
	 */
	public boolean isInvokedBy(Method method, Class<?> targetClass) {
		return AopUtils.getMostSpecificMethod(method, targetClass)
			.equals(AopUtils.getMostSpecificMethod(this.method, targetClass));
	}

	/**
	 * Whether a parameter of this type is filled in by the engine.
	 * @param type the type of the parameter
	 * @return whether it is a {@link PostPhaseContext}, {@link RequestSnapshot} or
	 * {@link Throwable}
	 */
	public static boolean provides(Class<?> type) {
		return type == PostPhaseContext.class || type == RequestSnapshot.class
				|| Throwable.class.isAssignableFrom(type);
	}

	private static boolean providesAny(Class<?>[] types) {
		for (Class<?> type : types) {
			if (provides(type)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Whether the post-phase may ask for a copy of its request.
	 * @return whether it can get at a {@link RequestSnapshot}
	 */
	public boolean asksForRequest() {
		List<Class<?>> types = List.of(this.method.getParameterTypes());
		return types.contains(PostPhaseContext.class) || types.contains(RequestSnapshot.class);
	}

	void invoke(@Nullable Object[] arguments, PostPhaseContext context, @Nullable Throwable failure) throws Throwable {
		Object bean = this.beanFactory.getBean(this.beanName);
		@Nullable Object[] values = (this.provided) ? complete(arguments, context, failure) : arguments;
		if (this.suspending) {
			SuspendingFunction.invoke(invocableMethod(bean.getClass()), bean, values);
			return;
		}
		try {
			invocableMethod(bean.getClass()).invoke(bean, values);
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

	/**
	 * The method as the bean has it, which may be a proxy of its interfaces. Of a bean
	 * that is made later that shows only now.
	 */
	private Method invocableMethod(Class<?> type) {
		Invocable invocable = this.invocable;
		if (invocable == null || invocable.type() != type) {
			Method method = AopUtils.selectInvocableMethod(this.method, type);
			ReflectionUtils.makeAccessible(method);
			invocable = new Invocable(type, method);
			this.invocable = invocable;
		}
		return invocable.method();
	}

	private @Nullable Object[] complete(@Nullable Object[] arguments, PostPhaseContext context,
			@Nullable Throwable failure) {
		@Nullable Object[] complete = arguments.clone();
		for (int i = 0; i < complete.length; i++) {
			Class<?> type = this.parameters[i].getParameterType();
			if (type == PostPhaseContext.class) {
				complete[i] = context;
			}
			else if (type == RequestSnapshot.class) {
				complete[i] = context.request();
			}
			else if (Throwable.class.isAssignableFrom(type)) {
				complete[i] = type.isInstance(failure) ? failure : null;
			}
		}
		return complete;
	}

	/**
	 * Names the method for people.
	 */
	@Override
	public String toString() {
		return ClassUtils.getQualifiedMethodName(this.method) + "()";
	}

	private record Invocable(Class<?> type, Method method) {

	}

}
