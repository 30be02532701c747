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

package io.github.earlyresponse.status;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpOutputMessage;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.util.Assert;

/**
 * A status as a server-sent event, written once for all who watch.
 */
final class StatusEvent {

	private final PostPhaseStatus status;

	private byte @Nullable [] bytes;

	StatusEvent(PostPhaseStatus status) {
		this.status = status;
	}

	PostPhaseStatus status() {
		return this.status;
	}

	/**
	 * The event as it goes over the wire.
	 * @param converters those of the application, one of which writes JSON
	 */
	byte[] bytes(List<HttpMessageConverter<?>> converters) throws IOException {
		byte[] bytes = this.bytes;
		if (bytes == null) {
			bytes = write(converters);
			this.bytes = bytes;
		}
		return bytes;
	}

	private byte[] write(List<HttpMessageConverter<?>> converters) throws IOException {
		StringBuilder event = new StringBuilder();
		event.append("id: ").append(this.status.version()).append('\n');
		event.append("event: ").append((this.status.isFinished()) ? "finished" : "status").append('\n');
		json(converters).lines().forEach((line) -> event.append("data: ").append(line).append('\n'));
		return event.append('\n').toString().getBytes(StandardCharsets.UTF_8);
	}

	@SuppressWarnings("unchecked")
	private String json(List<HttpMessageConverter<?>> converters) throws IOException {
		Object body = this.status.body();
		HttpMessageConverter<?> converter = converters.stream()
			.filter((candidate) -> candidate.canWrite(body.getClass(), MediaType.APPLICATION_JSON))
			.findFirst()
			.orElse(null);
		Assert.state(converter != null, "No HttpMessageConverter writes JSON");
		Buffer buffer = new Buffer(new HttpHeaders(), new ByteArrayOutputStream());
		((HttpMessageConverter<Object>) converter).write(body, MediaType.APPLICATION_JSON, buffer);
		return buffer.bytes().toString(StandardCharsets.UTF_8);
	}

	private record Buffer(HttpHeaders headers, ByteArrayOutputStream bytes) implements HttpOutputMessage {

		@Override
		public HttpHeaders getHeaders() {
			return this.headers;
		}

		@Override
		public OutputStream getBody() {
			return this.bytes;
		}

	}

}
