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

import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.github.earlyresponse.call.PostPhaseMethod;
import io.github.earlyresponse.call.PostPhaseWork;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * Binds values that were given one after the other.
 */
public final class ExplicitArguments {

	private ExplicitArguments() {
	}

	/**
	 * Binds the values to the parameters in their order, leaving out what is provided.
	 * <p>
	 * A call with one array, such as {@code call("pack", files)}, is compiled as if its
	 * elements were the arguments. Where there is one parameter that takes the array, the
	 * array is the argument. An {@code Object[]} may as well be made by the compiler for
	 * arguments that are listed, so that it is an argument only of a parameter that is an
	 * array and does not take its one element.
	 * <p>
	 * As in Java, the arguments of a last parameter like {@code String...} are an array
	 * or are listed.
	 * @param postPhase the post-phase
	 * @param given the values
	 * @param keep keeps uploads for the post-phase
	 * @return the call
	 * @throws IllegalArgumentException if the values do not fit the parameters
	 */
	public static PostPhaseWork.Call bind(PostPhaseMethod postPhase, @Nullable Object @Nullable [] given,
			Function<@Nullable Object, @Nullable Object> keep) {
		if (given == null || isArgument(given, postPhase)) {
			return bindAll(postPhase, new @Nullable Object[] { given }, keep);
		}
		return bindAll(postPhase, given, keep);
	}

	private static boolean isArgument(@Nullable Object[] given, PostPhaseMethod postPhase) {
		if (postPhase.isStandIn()) {
			return given.getClass() != Object[].class;
		}
		List<Class<?>> types = types(postPhase);
		if (types.size() != 1 || !types.get(0).isInstance(given)) {
			return false;
		}
		boolean listed = given.getClass() == Object[].class;
		boolean elementFits = given.length == 1 && ClassUtils.isAssignableValue(types.get(0), given[0]);
		return !listed || (types.get(0).isArray() && !elementFits);
	}

	private static PostPhaseWork.Call bindAll(PostPhaseMethod postPhase, @Nullable Object[] given,
			Function<@Nullable Object, @Nullable Object> keep) {
		if (postPhase.isStandIn()) {
			return new PostPhaseWork.Call(postPhase,
					new @Nullable Object[] { Arrays.stream(given).map(keep).toArray(), null });
		}
		MethodParameter[] parameters = postPhase.parameters();
		@Nullable Object[] values = new @Nullable Object[parameters.length];
		@Nullable Object[] gathered = (postPhase.isVarArgs()) ? gather(types(postPhase), given) : given;
		int next = 0;
		for (int i = 0; i < parameters.length; i++) {
			Class<?> type = parameters[i].getParameterType();
			if (PostPhaseMethod.provides(type)) {
				continue;
			}
			if (next == gathered.length || !ClassUtils.isAssignableValue(type, gathered[next])) {
				throw mismatch(postPhase, given);
			}
			values[i] = gathered[next++];
		}
		if (next != gathered.length) {
			throw mismatch(postPhase, given);
		}
		for (int i = 0; i < parameters.length; i++) {
			if (UploadTypes.contains(ResolvableType.forMethodParameter(parameters[i]))
					|| UploadTypes.isUploadIn(values[i])) {
				values[i] = keep.apply(values[i]);
			}
		}
		return new PostPhaseWork.Call(postPhase, values);
	}

	/**
	 * The types of the parameters that take what is given.
	 */
	private static List<Class<?>> types(PostPhaseMethod postPhase) {
		return Arrays.stream(postPhase.parameters())
			.<Class<?>>map(MethodParameter::getParameterType)
			.filter((type) -> !PostPhaseMethod.provides(type))
			.toList();
	}

	/**
	 * Makes an array of what is listed for the last parameter.
	 * @return the values for the parameters; those that are given if they do not fit
	 */
	private static @Nullable Object[] gather(List<Class<?>> types, @Nullable Object[] given) {
		int last = types.size() - 1;
		Class<?> elementType = types.get(last).componentType();
		boolean array = given.length == types.size() && ClassUtils.isAssignableValue(types.get(last), given[last]);
		if (array || given.length < last || !Arrays.stream(given, last, given.length)
			.allMatch((value) -> ClassUtils.isAssignableValue(elementType, value))) {
			return given;
		}
		Object elements = Array.newInstance(elementType, given.length - last);
		for (int i = last; i < given.length; i++) {
			Array.set(elements, i - last, given[i]);
		}
		@Nullable Object[] gathered = Arrays.copyOf(given, types.size(), Object[].class);
		gathered[last] = elements;
		return gathered;
	}

	private static IllegalArgumentException mismatch(PostPhaseMethod postPhase, @Nullable Object[] given) {
		String wanted = types(postPhase).stream().map(Class::getSimpleName).collect(Collectors.joining(", "));
		if (postPhase.isVarArgs()) {
			wanted = wanted.substring(0, wanted.length() - "[]".length()) + "...";
		}
		String got = Arrays.stream(given)
			.map((value) -> (value != null) ? value.getClass().getSimpleName() : "null")
			.collect(Collectors.joining(", "));
		return new IllegalArgumentException("Post-phase '" + postPhase.name() + "', " + postPhase + ", takes (" + wanted
				+ ") but was given (" + got + ")");
	}

}
