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

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.github.earlyresponse.call.InvalidPostPhaseException;
import io.github.earlyresponse.call.PostPhaseMethod;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.handler.HandlerSignature.Argument;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * Where the arguments of a post-phase come from when a handler continues with it.
 */
public final class ArgumentBinding {

	private static final int PROVIDED = -1;

	private static final int RESULT = -2;

	/** All that a handler has to offer, for what stands in for a missing post-phase. */
	private static final int ALL = -3;

	private final PostPhaseMethod postPhase;

	private final MethodParameter[] parameters;

	/**
	 * For each parameter {@code PROVIDED}, {@code RESULT}, {@code ALL} or the handler's
	 * argument.
	 */
	private final int[] sources;

	/** What {@code ALL} consists of, nothing if it is not among the sources. */
	private final int[] all;

	private ArgumentBinding(HandlerSignature handler, PostPhaseMethod postPhase, MethodParameter[] parameters,
			int[] sources) {
		this.postPhase = postPhase;
		this.parameters = parameters;
		this.sources = sources;
		this.all = (postPhase.isStandIn()) ? all(handler) : new int[0];
	}

	private static int[] all(HandlerSignature handler) {
		return IntStream
			.concat(IntStream.of(RESULT).limit((handler.hasResult()) ? 1 : 0),
					handler.arguments().stream().mapToInt(Argument::position))
			.toArray();
	}

	/**
	 * Binds the parameters by name and type.
	 * @param handler the handler
	 * @param postPhase the post-phase
	 * @return the binding
	 * @throws InvalidPostPhaseException if a parameter cannot be bound or is ambiguous
	 */
	static ArgumentBinding of(HandlerSignature handler, PostPhaseMethod postPhase) {
		MethodParameter[] parameters = postPhase.parameters();
		int[] sources = new int[parameters.length];
		for (int i = 0; i < parameters.length; i++) {
			sources[i] = PostPhaseMethod.provides(parameters[i].getParameterType()) ? PROVIDED
					: checkedSource(handler, postPhase, parameters[i]);
		}
		return new ArgumentBinding(handler, postPhase, parameters, sources);
	}

	private static int checkedSource(HandlerSignature handler, PostPhaseMethod postPhase, MethodParameter parameter) {
		if (postPhase.isStandIn()) {
			return ALL;
		}
		ResolvableType type = ResolvableType.forMethodParameter(parameter);
		int source = source(handler, postPhase, parameter, type);
		checkReadAgain(handler, postPhase, parameter, type, source);
		return source;
	}

	private static int source(HandlerSignature handler, PostPhaseMethod postPhase, MethodParameter parameter,
			ResolvableType type) {
		List<Argument> arguments = new ArrayList<>();
		for (Argument argument : handler.arguments()) {
			if (type.isAssignableFrom(argument.type())) {
				arguments.add(argument);
			}
		}
		for (Argument argument : arguments) {
			if (sameName(parameter, argument.name())) {
				return argument.position();
			}
		}
		boolean result = handler.hasResult() && type.isAssignableFrom(handler.result());
		if (result && (arguments.isEmpty() || sameName(parameter, "result"))) {
			return RESULT;
		}
		if (arguments.size() + ((result) ? 1 : 0) > 1) {
			throw invalid(handler, postPhase, parameter, "fits more than one value",
					"Give the parameter the name of the argument that is meant, or 'result' for what the handler "
							+ "returns. (Names need the compiler option -parameters.)");
		}
		if (!arguments.isEmpty() && !isKnownByNameOnly(parameter, arguments.get(0))) {
			return arguments.get(0).position();
		}
		if (arguments.isEmpty() && handler.hasResult() && handler.result().toClass() == Object.class) {
			// Declared as ResponseEntity<?> or Object: whether it fits shows at run time
			return RESULT;
		}
		throw invalid(handler, postPhase, parameter, "cannot be bound",
				"Give it the type, and if that is a simple type the name as well, of one of these values, or pass "
						+ "other values with AfterResponse.call.");
	}

	/**
	 * What can be read once was read by the time of the post-phase: a result for the
	 * response, a body by the handler.
	 */
	private static void checkReadAgain(HandlerSignature handler, PostPhaseMethod postPhase, MethodParameter parameter,
			ResolvableType type, int source) {
		Class<?> once = ReadOnceTypes.findIn(
				(source == RESULT) ? handler.result() : ResolvableType.forMethodParameter(handler.method(), source));
		if (once == null) {
			once = ReadOnceTypes.findIn(type);
		}
		if (once != null) {
			throw invalid(handler, postPhase, parameter,
					"would get a " + once.getSimpleName() + ", which can be read once and " + readBefore(source),
					ReadOnceTypes.REMEDY);
		}
	}

	private static String readBefore(int source) {
		return (source == RESULT) ? "was read for the response" : "belongs to the handler";
	}

	/**
	 * One string or number is not as good as another: where both have names, those count.
	 */
	private static boolean isKnownByNameOnly(MethodParameter parameter, Argument argument) {
		return BeanUtils.isSimpleValueType(parameter.getParameterType()) && parameter.getParameterName() != null
				&& argument.name() != null;
	}

	private static boolean sameName(MethodParameter parameter, @Nullable String name) {
		return name != null && name.equals(parameter.getParameterName());
	}

	private static InvalidPostPhaseException invalid(HandlerSignature handler, PostPhaseMethod postPhase,
			MethodParameter parameter, String reason, String action) {
		String offers = handler.arguments()
			.stream()
			.map((argument) -> "argument " + describe(argument.parameter()))
			.collect(Collectors.joining(", "));
		String result = (handler.hasResult()) ? "result " + handler.result() : "no result";
		return new InvalidPostPhaseException("Parameter " + describe(parameter) + " of post-phase '" + postPhase.name()
				+ "', " + postPhase + ", " + reason + ". Handler " + handler + " has: " + result
				+ ((offers.isEmpty()) ? ", no arguments" : ", " + offers) + ".", action);
	}

	private static String describe(MethodParameter parameter) {
		String name = parameter.getParameterName();
		return "'" + ResolvableType.forMethodParameter(parameter) + ((name != null) ? " " + name : "") + "'";
	}

	/**
	 * The first parameter that takes the early result and cannot be {@code null}.
	 * @return its name, {@code null} if there is none
	 */
	@Nullable String primitiveResult() {
		for (int i = 0; i < this.sources.length; i++) {
			if (this.sources[i] == RESULT && this.parameters[i].getParameterType().isPrimitive()) {
				return describe(this.parameters[i]);
			}
		}
		return null;
	}

	/**
	 * Whether the post-phase takes an argument of the handler.
	 * @param index the position of the argument
	 * @return whether a parameter is bound to it
	 */
	boolean takes(int index) {
		return Arrays.stream((this.postPhase.isStandIn()) ? this.all : this.sources)
			.anyMatch((source) -> source == index);
	}

	/**
	 * The post-phase.
	 * @return the method
	 */
	PostPhaseMethod postPhase() {
		return this.postPhase;
	}

	/**
	 * Binds the values of one request.
	 * @param arguments the handler's arguments
	 * @param result the early result
	 * @return the call
	 * @throws IllegalStateException if a value does not fit its parameter
	 */
	public PostPhaseWork.Call bind(@Nullable Object[] arguments, @Nullable Object result) {
		@Nullable Object[] values = new @Nullable Object[this.sources.length];
		for (int i = 0; i < values.length; i++) {
			int source = this.sources[i];
			if (source == ALL) {
				values[i] = Arrays.stream(this.all).mapToObj((each) -> value(each, arguments, result)).toArray();
			}
			else if (source != PROVIDED) {
				values[i] = checked(value(source, arguments, result), this.parameters[i], source);
			}
		}
		return new PostPhaseWork.Call(this.postPhase, values);
	}

	private static @Nullable Object value(int source, @Nullable Object[] arguments, @Nullable Object result) {
		return (source == RESULT) ? result : arguments[source];
	}

	private @Nullable Object checked(@Nullable Object value, MethodParameter parameter, int source) {
		if (!ClassUtils.isAssignableValue(parameter.getParameterType(), value)) {
			throw unfit(value, parameter, "");
		}
		if (ReadOnceTypes.isReadOnce(value)) {
			throw unfit(value, parameter,
					": it can be read once and " + readBefore(source) + ". " + ReadOnceTypes.REMEDY);
		}
		return value;
	}

	private IllegalStateException unfit(@Nullable Object value, MethodParameter parameter, String reason) {
		return new IllegalStateException("Post-phase '" + this.postPhase.name() + "', " + this.postPhase
				+ ", cannot take " + ((value != null) ? "a " + value.getClass().getName() : "null")
				+ " as its parameter " + describe(parameter) + reason);
	}

}
