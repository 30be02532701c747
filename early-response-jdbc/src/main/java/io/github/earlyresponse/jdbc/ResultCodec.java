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

import java.io.ByteArrayOutputStream;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.github.earlyresponse.call.InvalidPostPhaseException;
import io.github.earlyresponse.engine.StoredResult;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.util.unit.DataSize;

/**
 * Turns the result of an idempotent handler into JSON and back.
 *
 * <pre class="code">
 * {
 *   "head": { "status": 202, "headers": { "ETag": [ "7" ] }, "postPhases": [ "..." ] },
 *   "body": { ... }
 * }</pre>
 */
final class ResultCodec {

	private static final String HEAD = "head";

	private static final String BODY = "body";

	/**
	 * For what is ours, whatever the application has set.
	 */
	private static final JsonMapper plain = JsonMapper.builder()
		.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
		.build();

	private final JsonMapper mapper;

	private final PayloadTypes types;

	private final DataSize maxPayload;

	/**
	 * Creates the codec.
	 * @param mapper the mapper of the application
	 * @param maxPayload the size that a result may have
	 */
	ResultCodec(JsonMapper mapper, DataSize maxPayload) {
		this.mapper = PayloadMapper.of(mapper);
		this.types = new PayloadTypes(mapper);
		this.maxPayload = maxPayload;
	}

	/**
	 * Checks the body of a handler.
	 * @throws InvalidPostPhaseException if it cannot be written and read back
	 */
	void check(Type bodyType, String handler) {
		try {
			this.types.check(bodyType, "the body");
		}
		catch (UnstorableTypeException ex) {
			throw new InvalidPostPhaseException("@RespondThenContinue handler " + handler
					+ " cannot be idempotent: its result cannot be stored: " + ex.getMessage() + ".", ex.action());
		}
	}

	/**
	 * Writes a result.
	 * @param result the result
	 * @param bodyType the type of its body
	 * @param handler the handler, for people
	 * @return the JSON
	 * @throws UnwritablePayloadException if it cannot be written, or is too large
	 */
	byte[] write(StoredResult result, Type bodyType, String handler) {
		ByteArrayOutputStream payload = new ByteArrayOutputStream();
		try (JsonGenerator json = this.mapper.createGenerator(payload)) {
			json.writeStartObject();
			json.writeName(HEAD);
			plain.writeValue(json, new Head(result.status(), result.headers(), result.postPhases()));
			if (result.body() != null) {
				json.writeName(BODY);
				this.mapper.writerFor(type(bodyType)).writeValue(json, result.body());
			}
			json.writeEndObject();
		}
		catch (RuntimeException ex) {
			throw new UnwritablePayloadException(
					"The result of handler " + handler + " cannot be stored: " + JsonFailure.describe(ex), ex);
		}
		if (payload.size() > this.maxPayload.toBytes()) {
			throw new UnwritablePayloadException("The result of handler " + handler
					+ " cannot be stored, because it has " + payload.size() + " bytes, more than the "
					+ this.maxPayload.toBytes()
					+ " bytes of early-response.durable.max-payload. Return less, such as a link, or raise the limit",
					null);
		}
		return payload.toByteArray();
	}

	/**
	 * Reads a result that was written, possibly by another version of the application.
	 * @param payload the JSON
	 * @param bodyType the type of its body
	 * @param handler the handler, for people
	 * @return the result
	 * @throws UnreadablePayloadException if it cannot be read
	 */
	StoredResult read(byte[] payload, Type bodyType, String handler) {
		try (JsonParser json = this.mapper.createParser(payload)) {
			return read(json, bodyType);
		}
		catch (RuntimeException ex) {
			throw new UnreadablePayloadException(
					"The result of handler " + handler + " cannot be read: " + JsonFailure.describeWithoutValue(ex),
					ex);
		}
	}

	private StoredResult read(JsonParser json, Type bodyType) {
		Head head = null;
		Object body = null;
		json.nextToken();
		while (json.nextToken() == JsonToken.PROPERTY_NAME) {
			String name = json.currentName();
			json.nextToken();
			switch (name) {
				case HEAD -> {
					head = plain.readValue(json, Head.class);
				}
				case BODY -> {
					body = this.mapper.readerFor(type(bodyType)).readValue(json);
				}
				default -> json.skipChildren();
			}
		}
		Objects.requireNonNull(head, "It has no " + HEAD);
		return new StoredResult(head.status(), head.headers(), body, head.postPhases());
	}

	private JavaType type(Type bodyType) {
		return this.mapper.constructType(bodyType);
	}

	/**
	 * What a result has beside its body.
	 *
	 * @param status the status, {@code null} if it has none
	 * @param headers the headers
	 * @param postPhases the ids of the post-phases
	 */
	record Head(@Nullable Integer status, Map<String, List<String>> headers, List<String> postPhases) {

	}

}
