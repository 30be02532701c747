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

import com.fasterxml.jackson.annotation.JsonInclude;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.util.StdDateFormat;

import org.springframework.core.GenericTypeResolver;
import org.springframework.core.MethodParameter;

/**
 * The {@link JsonMapper} of the application, with its modules, annotations and names, but
 * set so that what it writes is read back as it was, also by a later version of the
 * application.
 */
final class PayloadMapper {

	private PayloadMapper() {
	}

	/**
	 * Makes the mapper for payloads. Names of classes are never written, nor read, unless
	 * a type asks for them by its annotations.
	 * @param application the mapper of the application
	 * @return the mapper
	 */
	static JsonMapper of(JsonMapper application) {
		JsonMapper.Builder builder = application.rebuild();
		builder.deactivateDefaultTyping();
		// Everything is written, in the most precise form
		builder.changeDefaultPropertyInclusion(
				(inclusion) -> JsonInclude.Value.construct(JsonInclude.Include.ALWAYS, JsonInclude.Include.ALWAYS));
		builder.defaultDateFormat(new StdDateFormat());
		builder.enable(DateTimeFeature.WRITE_DATES_WITH_ZONE_ID);
		builder.disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS, DateTimeFeature.WRITE_DATES_WITH_CONTEXT_TIME_ZONE,
				DateTimeFeature.TRUNCATE_TO_MSECS_ON_WRITE, DateTimeFeature.TRUNCATE_TO_MSECS_ON_READ,
				DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE, DateTimeFeature.NORMALIZE_DESERIALIZED_ZONE_ID);
		builder.disable(SerializationFeature.INDENT_OUTPUT, SerializationFeature.WRAP_ROOT_VALUE,
				SerializationFeature.WRITE_SELF_REFERENCES_AS_NULL,
				SerializationFeature.WRITE_SINGLE_ELEM_ARRAYS_UNWRAPPED, SerializationFeature.CLOSE_CLOSEABLE);
		builder.enable(SerializationFeature.WRITE_EMPTY_JSON_ARRAYS);
		// What has been added or removed since does not matter
		builder.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
				DeserializationFeature.FAIL_ON_IGNORED_PROPERTIES,
				DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
				DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
				DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
				DeserializationFeature.UNWRAP_ROOT_VALUE, DeserializationFeature.UNWRAP_SINGLE_VALUE_ARRAYS);
		if (HibernateModule.isUseful()) {
			builder.addModule(new HibernateModule());
		}
		return builder.build();
	}

	/**
	 * The type as which an argument is written and read.
	 */
	static JavaType typeOf(JsonMapper mapper, MethodParameter parameter) {
		return mapper.constructType(
				GenericTypeResolver.resolveType(parameter.getGenericParameterType(), parameter.getContainingClass()));
	}

}
