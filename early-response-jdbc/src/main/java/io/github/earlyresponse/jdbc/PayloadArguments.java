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

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

import io.github.earlyresponse.call.PostPhaseMethod;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.NullNode;

import org.springframework.core.MethodParameter;
import org.springframework.util.ClassUtils;

/**
 * The arguments of one post-phase as a JSON object, by the names of their parameters. A
 * parameter is written and read as the type that it is declared with.
 */
final class PayloadArguments {

	private final PostPhaseMethod method;

	private final Map<String, Argument> arguments = new HashMap<>();

	private final @Nullable Argument[] ordered;

	PayloadArguments(PostPhaseMethod method, JsonMapper mapper) {
		this.method = method;
		MethodParameter[] parameters = method.parameters();
		this.ordered = new @Nullable Argument[parameters.length];
		for (int i = 0; i < parameters.length; i++) {
			if (!PostPhaseMethod.provides(parameters[i].getParameterType())) {
				String name = parameters[i].getParameterName();
				JavaType type = PayloadMapper.typeOf(mapper, parameters[i]);
				Argument argument = new Argument(i, (name != null) ? name : "arg" + i, type, mapper.writerFor(type),
						mapper.readerFor(type));
				this.ordered[i] = argument;
				this.arguments.put(argument.name(), argument);
			}
		}
	}

	void write(@Nullable Object[] values, JsonGenerator json) {
		json.writeStartObject();
		for (Argument argument : this.ordered) {
			if (argument != null) {
				write(argument, values[argument.index()], json);
			}
		}
		json.writeEndObject();
	}

	private void write(Argument argument, @Nullable Object value, JsonGenerator json) {
		try {
			HibernateModule.requireLoaded(value);
			json.writeName(argument.name());
			argument.writer().writeValue(json, value);
		}
		catch (RuntimeException ex) {
			throw new UnwritablePayloadException("Post-phase '" + this.method.name()
					+ "' cannot be recorded, because its argument '" + argument.name() + "' of type "
					+ ClassUtils.getDescriptiveType(value) + " cannot be written as JSON: " + JsonFailure.describe(ex)
					+ ". "
					+ (HibernateModule.isAboutLazyEntity(ex)
							? "Pass the id of the entity, and load the entity in the post-phase"
							: "Pass a value that can be, such as a record with what the post-phase needs, or an id"),
					ex);
		}
	}

	/**
	 * Reads the object that is the current value. What is not there is read as if it were
	 * {@code null}; what is not a parameter is skipped.
	 */
	@Nullable Object[] read(JsonParser json) {
		@Nullable Object[] values = new @Nullable Object[this.ordered.length];
		boolean[] read = new boolean[values.length];
		while (json.nextToken() == JsonToken.PROPERTY_NAME) {
			Argument argument = this.arguments.get(json.currentName());
			json.nextToken();
			if (argument == null) {
				json.skipChildren();
				continue;
			}
			try {
				values[argument.index()] = argument.reader().readValue(json);
				read[argument.index()] = true;
			}
			catch (RuntimeException ex) {
				throw unreadable(argument, ex);
			}
		}
		Arrays.stream(this.ordered).forEach((argument) -> {
			if (argument != null && !read[argument.index()]) {
				values[argument.index()] = readMissing(argument);
			}
		});
		return values;
	}

	private @Nullable Object readMissing(Argument argument) {
		try {
			return argument.reader().readValue(NullNode.getInstance());
		}
		catch (RuntimeException ex) {
			throw unreadable(argument, ex);
		}
	}

	private UnreadablePayloadException unreadable(Argument argument, RuntimeException ex) {
		return new UnreadablePayloadException(
				"Post-phase '" + this.method.name() + "' cannot be read, because its " + "argument '" + argument.name()
						+ "' is not a " + argument.type().toCanonical() + ": " + JsonFailure.describeWithoutValue(ex),
				ex);
	}

	private record Argument(int index, String name, JavaType type, ObjectWriter writer, ObjectReader reader) {

	}

}
