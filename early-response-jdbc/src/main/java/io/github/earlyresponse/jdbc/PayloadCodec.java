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
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.RequestSnapshot;
import io.github.earlyresponse.call.PostPhaseMethod;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.context.StoredContexts;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.util.unit.DataSize;

/**
 * Turns a durable post-phase into JSON and back.
 * <p>
 * Stored are the arguments; of the context what its carriers
 * {@linkplain io.github.earlyresponse.StorableContextCarrier store}, never credentials;
 * and, of a post-phase that asks for it, the copy of the request: method, path, query,
 * query and form parameters as they were sent, addresses, the name of the user, and
 * headers except for those that are left out. A form that contains a password is stored
 * with it.
 *
 * <pre class="code">
 * {
 *   "arguments": { "letter": { ... }, "copies": 2 },
 *   "context": { "mdc": { "user": "ada" } },
 *   "request": { "method": "POST", ... }
 * }</pre>
 */
final class PayloadCodec {

	private static final String ARGUMENTS = "arguments";

	private static final String CONTEXT = "context";

	private static final String REQUEST = "request";

	/**
	 * For what is ours, whatever the application has set.
	 */
	private static final JsonMapper plain = JsonMapper.builder()
		.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
		.build();

	/** As long as most are. */
	private static final int INITIAL_SIZE = 512;

	private final JsonMapper mapper;

	private final StoredContexts contexts;

	private final StoredRequests requests;

	private final DataSize maxPayload;

	private final Map<PostPhaseMethod, PayloadArguments> arguments = new ConcurrentHashMap<>();

	/**
	 * Creates the codec.
	 * @param mapper the mapper of the application
	 * @param contexts stores the context
	 * @param excludedHeaders the headers of a request that are not stored, in any case,
	 * or an asterisk for all
	 * @param maxPayload the size that a payload may have
	 */
	PayloadCodec(JsonMapper mapper, StoredContexts contexts, Collection<String> excludedHeaders, DataSize maxPayload) {
		this.mapper = PayloadMapper.of(mapper);
		this.contexts = contexts;
		this.requests = new StoredRequests(excludedHeaders);
		this.maxPayload = maxPayload;
	}

	/**
	 * Writes a post-phase.
	 * @param call its method and arguments
	 * @param context the context of the request
	 * @param request the copy of the request, {@code null} if it does not ask for one
	 * @return the JSON
	 * @throws UnwritablePayloadException if it cannot be written, or is too large
	 */
	byte[] write(PostPhaseWork.Call call, ContextCarrier.Context context, @Nullable RequestSnapshot request) {
		String name = call.method().name();
		ByteArrayOutputStream payload = new ByteArrayOutputStream(INITIAL_SIZE);
		try (JsonGenerator json = this.mapper.createGenerator(payload)) {
			json.writeStartObject();
			json.writeName(ARGUMENTS);
			arguments(call.method()).write(call.arguments(), json);
			json.writeName(CONTEXT);
			writeContext(this.contexts.write(context), json);
			if (request != null) {
				json.writeName(REQUEST);
				plain.writeValue(json, storable(request));
			}
			json.writeEndObject();
		}
		catch (UnwritablePayloadException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			throw new UnwritablePayloadException(
					"Post-phase '" + name + "' cannot be recorded: " + JsonFailure.describe(ex), ex);
		}
		if (payload.size() > this.maxPayload.toBytes()) {
			throw new UnwritablePayloadException("Post-phase '" + name + "' cannot be recorded, because its payload of "
					+ payload.size() + " bytes is larger than the " + this.maxPayload.toBytes()
					+ " bytes of early-response.durable.max-payload. Pass less, such as an id, or raise the limit",
					null);
		}
		return payload.toByteArray();
	}

	private static void writeContext(Map<String, Map<String, String>> context, JsonGenerator json) {
		json.writeStartObject();
		context.forEach((name, values) -> {
			json.writeName(name);
			json.writeStartObject();
			values.forEach(json::writeStringProperty);
			json.writeEndObject();
		});
		json.writeEndObject();
	}

	/**
	 * Returns the part of a request that is stored.
	 * @param request the copy of the request
	 * @return the copy without the headers that are left out
	 */
	RequestSnapshot storable(RequestSnapshot request) {
		return this.requests.filter(request);
	}

	/**
	 * Reads a post-phase that was written, possibly by another version of the
	 * application.
	 * @param json the JSON
	 * @param method its method
	 * @return what it runs with
	 * @throws UnreadablePayloadException if it cannot be read
	 */
	Payload read(byte[] json, PostPhaseMethod method) {
		try (JsonParser parser = this.mapper.createParser(json)) {
			return read(parser, method);
		}
		catch (UnreadablePayloadException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			throw new UnreadablePayloadException(
					"Post-phase '" + method.name() + "' cannot be read: " + JsonFailure.describeWithoutValue(ex), ex);
		}
	}

	private Payload read(JsonParser json, PostPhaseMethod method) {
		@Nullable Object @Nullable [] arguments = null;
		Map<String, Map<String, String>> context = Map.of();
		RequestSnapshot request = null;
		requireObject(json.nextToken(), "the payload");
		while (json.nextToken() == JsonToken.PROPERTY_NAME) {
			String name = json.currentName();
			JsonToken start = json.nextToken();
			switch (name) {
				case ARGUMENTS -> {
					requireObject(start, name);
					arguments = arguments(method).read(json);
				}
				case CONTEXT -> {
					requireObject(start, name);
					context = readContext(json);
				}
				case REQUEST -> {
					request = storable(plain.readValue(json, RequestSnapshot.class));
				}
				default -> json.skipChildren();
			}
		}
		if (arguments == null) {
			throw new IllegalArgumentException("It has no " + ARGUMENTS);
		}
		return new Payload(arguments, this.contexts.read(context), request);
	}

	private static Map<String, Map<String, String>> readContext(JsonParser json) {
		Map<String, Map<String, String>> context = new HashMap<>();
		while (json.nextToken() == JsonToken.PROPERTY_NAME) {
			String name = json.currentName();
			requireObject(json.nextToken(), name);
			Map<String, String> values = new LinkedHashMap<>();
			while (json.nextToken() == JsonToken.PROPERTY_NAME) {
				String key = json.currentName();
				JsonToken token = json.nextToken();
				if (token == JsonToken.VALUE_STRING) {
					values.put(key, json.getString());
				}
				else if (token != JsonToken.VALUE_NULL) {
					throw new IllegalArgumentException("Not a JSON string: " + key);
				}
			}
			context.put(name, values);
		}
		return context;
	}

	private static void requireObject(@Nullable JsonToken token, String name) {
		if (token != JsonToken.START_OBJECT) {
			throw new IllegalArgumentException("Not a JSON object: " + name);
		}
	}

	private PayloadArguments arguments(PostPhaseMethod method) {
		return this.arguments.computeIfAbsent(method, (key) -> new PayloadArguments(key, this.mapper));
	}

}
