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

import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.github.earlyresponse.engine.PostPhaseMethod;
import io.github.earlyresponse.engine.PostPhaseWork;
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
	 * @param postPhase the post-phase
	 * @param given the values
	 * @param keep keeps uploads for the post-phase
	 * @return the call
	 * @throws IllegalArgumentException if the values do not fit the parameters
	 */
	public static PostPhaseWork.Call bind(PostPhaseMethod postPhase, @Nullable Object @Nullable [] given,
			Function<@Nullable Object, @Nullable Object> keep) {
		// A call with the one argument null passes null for the array
		return bindAll(postPhase, (given != null) ? given : new @Nullable Object[] { null }, keep);
	}

	private static PostPhaseWork.Call bindAll(PostPhaseMethod postPhase, @Nullable Object[] given,
			Function<@Nullable Object, @Nullable Object> keep) {
		if (postPhase.isStandIn()) {
			return new PostPhaseWork.Call(postPhase,
					new @Nullable Object[] { Arrays.stream(given).map(keep).toArray(), null });
		}
		MethodParameter[] parameters = postPhase.parameters();
		@Nullable Object[] values = new @Nullable Object[parameters.length];
		int next = 0;
		for (int i = 0; i < parameters.length; i++) {
			Class<?> type = parameters[i].getParameterType();
			if (PostPhaseMethod.provides(type)) {
				continue;
			}
			if (next == given.length || !ClassUtils.isAssignableValue(type, given[next])) {
				throw mismatch(postPhase, given);
			}
			values[i] = given[next++];
		}
		if (next != given.length) {
			throw mismatch(postPhase, given);
		}
		for (int i = 0; i < parameters.length; i++) {
			if (UploadTypes.contains(ResolvableType.forMethodParameter(parameters[i]))) {
				values[i] = keep.apply(values[i]);
			}
		}
		return new PostPhaseWork.Call(postPhase, values);
	}

	private static IllegalArgumentException mismatch(PostPhaseMethod postPhase, @Nullable Object[] given) {
		String wanted = Arrays.stream(postPhase.parameters())
			.map(MethodParameter::getParameterType)
			.filter((type) -> !PostPhaseMethod.provides(type))
			.map(Class::getSimpleName)
			.collect(Collectors.joining(", "));
		String got = Arrays.stream(given)
			.map((value) -> (value != null) ? value.getClass().getSimpleName() : "null")
			.collect(Collectors.joining(", "));
		return new IllegalArgumentException("Post-phase '" + postPhase.name() + "', " + postPhase + ", takes (" + wanted
				+ ") but was given (" + got + ")");
	}

}
