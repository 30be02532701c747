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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import io.github.earlyresponse.EarlyResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.KotlinDetector;
import org.springframework.core.MethodParameter;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;
import org.springframework.web.method.HandlerMethod;

/**
 * The values that a handler has to offer to its post-phases.
 *
 * @param method the handler method
 * @param arguments those of its arguments that outlive the request
 * @param earlyResponse the parameter by which it sends its response in mid-method,
 * {@code null} if it returns it
 * @param result the type of the early result, {@link ResolvableType#NONE} if it has none
 */
record HandlerSignature(Method method, List<Argument> arguments, @Nullable MethodParameter earlyResponse,
		ResolvableType result) {

	private static final ParameterNameDiscoverer parameterNames = new DefaultParameterNameDiscoverer();

	static HandlerSignature of(HandlerMethod handlerMethod) {
		Method method = handlerMethod.getMethod();
		Class<?> beanType = handlerMethod.getBeanType();
		List<Argument> arguments = new ArrayList<>();
		for (int i = 0; i < argumentCount(method); i++) {
			MethodParameter parameter = new MethodParameter(method, i).withContainingClass(beanType);
			parameter.initParameterNameDiscovery(parameterNames);
			ResolvableType type = ResolvableType.forMethodParameter(parameter);
			if (RequestBoundTypes.findIn(type) == null) {
				arguments.add(new Argument(parameter, type));
			}
		}
		MethodParameter earlyResponse = earlyResponse(method, beanType);
		return new HandlerSignature(method, arguments, earlyResponse,
				(earlyResponse != null) ? EarlyResult.type(earlyResponse) : EarlyResult.type(method, beanType));
	}

	private static @Nullable MethodParameter earlyResponse(Method method, Class<?> beanType) {
		for (int i = 0; i < method.getParameterCount(); i++) {
			if (method.getParameterTypes()[i] == EarlyResponse.class) {
				return new MethodParameter(method, i).withContainingClass(beanType);
			}
		}
		return null;
	}

	/**
	 * How many arguments the handler has, whether or not they outlive the request.
	 */
	int argumentCount() {
		return argumentCount(this.method);
	}

	private static int argumentCount(Method method) {
		// The last parameter of a suspending function is its continuation
		return method.getParameterCount() - ((KotlinDetector.isSuspendingFunction(method)) ? 1 : 0);
	}

	/**
	 * The names of the arguments as far as they are known, whether or not they outlive
	 * the request.
	 */
	Set<String> argumentNames() {
		@Nullable String[] names = parameterNames.getParameterNames(this.method);
		return (names != null) ? Arrays.stream(names).filter(Objects::nonNull).collect(Collectors.toSet()) : Set.of();
	}

	/**
	 * The positions of the arguments of a type.
	 */
	List<Integer> positions(Class<?> type) {
		List<Integer> positions = new ArrayList<>();
		Class<?>[] types = this.method.getParameterTypes();
		for (int i = 0; i < types.length; i++) {
			if (type.isAssignableFrom(types[i])) {
				positions.add(i);
			}
		}
		return List.copyOf(positions);
	}

	boolean hasResult() {
		return this.result != ResolvableType.NONE;
	}

	/**
	 * The positions of the arguments that are or contain uploads.
	 */
	Set<Integer> uploads() {
		Set<Integer> uploads = new HashSet<>();
		for (Argument argument : this.arguments) {
			if (UploadTypes.contains(argument.type())) {
				uploads.add(argument.position());
			}
		}
		return Set.copyOf(uploads);
	}

	boolean takes(Class<?> type) {
		return List.of(this.method.getParameterTypes()).contains(type);
	}

	/**
	 * Names the method for people.
	 */
	@Override
	public String toString() {
		return describe(this.method);
	}

	static String describe(Method method) {
		return ClassUtils.getQualifiedMethodName(method) + "()";
	}

	/**
	 * An argument that outlives the request.
	 *
	 * @param parameter the parameter of the handler
	 * @param type its type, resolved once for all post-phases
	 */
	record Argument(MethodParameter parameter, ResolvableType type) {

		int position() {
			return this.parameter.getParameterIndex();
		}

		@Nullable String name() {
			return this.parameter.getParameterName();
		}

	}

}
