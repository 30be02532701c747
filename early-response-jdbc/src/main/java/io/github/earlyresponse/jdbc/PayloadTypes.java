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

package io.github.earlyresponse.jdbc;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.stream.Stream;

import io.github.earlyresponse.call.InvalidPostPhaseException;
import io.github.earlyresponse.call.PostPhaseMethod;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.GenericTypeResolver;
import org.springframework.core.MethodParameter;

/**
 * Checks, when the application starts, that the arguments of a durable post-phase can be
 * written as JSON and read back as the types that its parameters declare.
 */
final class PayloadTypes {

	private final JsonMapper mapper;

	/**
	 * Creates the check.
	 * @param mapper the mapper of the application
	 */
	PayloadTypes(JsonMapper mapper) {
		this.mapper = PayloadMapper.of(mapper);
	}

	/**
	 * Checks the parameters of a method.
	 * @param method the method of a durable post-phase
	 * @throws InvalidPostPhaseException if an argument cannot be stored
	 */
	void check(PostPhaseMethod method) {
		if (method.isStandIn()) {
			return;
		}
		for (MethodParameter parameter : method.parameters()) {
			try {
				check(parameter);
			}
			catch (UnstorableTypeException ex) {
				throw new InvalidPostPhaseException("Parameter '" + name(parameter) + "' of the durable post-phase '"
						+ method.name() + "', " + method + ", cannot be stored: " + ex.getMessage() + ".", ex.action());
			}
		}
		checkCheckpointType(method);
	}

	private void checkCheckpointType(PostPhaseMethod method) {
		Class<?> type = method.checkpointType();
		try {
			if (type != Object.class) {
				check(type, "the cursor");
			}
		}
		catch (UnstorableTypeException ex) {
			throw new InvalidPostPhaseException("The checkpoints of the durable post-phase '" + method.name() + "', "
					+ method + ", cannot be stored: " + ex.getMessage() + ".", ex.action());
		}
	}

	/**
	 * Checks a type.
	 * @param type the type
	 * @param name what has it
	 * @throws UnstorableTypeException if its values cannot be stored
	 */
	void check(Type type, String name) {
		UnstorableTypes.check(this.mapper.constructType(type).getRawClass(), name);
		requireComplete(type);
		new PayloadTypeCheck(this.mapper).check(this.mapper.constructType(type), name);
	}

	private static String name(MethodParameter parameter) {
		String name = parameter.getParameterName();
		return (name != null) ? name : "#" + parameter.getParameterIndex();
	}

	private void check(MethodParameter parameter) {
		Class<?> type = parameter.getParameterType();
		if (Throwable.class.isAssignableFrom(type)) {
			throw new UnstorableTypeException("exceptions are not stored",
					"Remove the parameter, or make the post-phase one that is not durable.");
		}
		if (PostPhaseMethod.provides(type)) {
			return;
		}
		if (parameter.getParameterName() == null) {
			throw new UnstorableTypeException(
					"arguments are stored by the names of their parameters, which the class " + "does not contain",
					"Compile it with '-parameters'.");
		}
		UnstorableTypes.check(type, name(parameter));
		Class<?> containingClass = parameter.getContainingClass();
		requireComplete(GenericTypeResolver.resolveType(parameter.getGenericParameterType(), containingClass));
		new PayloadTypeCheck(this.mapper).check(PayloadMapper.typeOf(this.mapper, parameter), name(parameter));
	}

	/**
	 * Jackson takes {@link Object} for what is missing.
	 */
	private static void requireComplete(@Nullable Type type) {
		if (type instanceof TypeVariable<?>) {
			throw new UnstorableTypeException("its type contains a type variable",
					"Declare the type that the arguments have.");
		}
		if (type instanceof WildcardType wildcard) {
			if (wildcard.getLowerBounds().length > 0 || wildcard.getUpperBounds()[0] == Object.class) {
				throw new UnstorableTypeException("its type contains the wildcard '" + wildcard + "'",
						"Declare the type that the values have.");
			}
			Stream.of(wildcard.getUpperBounds()).forEach(PayloadTypes::requireComplete);
		}
		else if (type instanceof ParameterizedType parameterized) {
			Stream.of(parameterized.getActualTypeArguments()).forEach(PayloadTypes::requireComplete);
		}
		else if (type instanceof GenericArrayType array) {
			requireComplete(array.getGenericComponentType());
		}
		else if (type instanceof Class<?> raw && raw.getTypeParameters().length > 0) {
			throw new UnstorableTypeException("its type contains " + raw.getName() + " without type arguments",
					"Declare them, as in List<Customer>.");
		}
	}

}
