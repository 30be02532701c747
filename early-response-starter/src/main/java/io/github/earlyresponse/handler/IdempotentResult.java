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

import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.earlyresponse.engine.StoredResult;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;

/**
 * How the result of an idempotent handler is stored.
 *
 * @param bodyType the type of the body, {@code void} if there is none
 * @param entity whether the handler returns a response entity
 */
public record IdempotentResult(Type bodyType, boolean entity) {

	/**
	 * Takes apart what the handler returned.
	 * @param returned what it returned
	 * @param postPhases the ids of the post-phases that follow
	 * @return the result
	 */
	public StoredResult toStored(@Nullable Object returned, List<String> postPhases) {
		if (!this.entity) {
			return new StoredResult(null, Map.of(), returned, postPhases);
		}
		if (!(returned instanceof HttpEntity<?> http)) {
			return new StoredResult(null, Map.of(), null, postPhases);
		}
		Map<String, List<String>> headers = new LinkedHashMap<>();
		http.getHeaders().forEach((name, values) -> headers.put(name, List.copyOf(values)));
		Integer status = (http instanceof ResponseEntity<?> response) ? response.getStatusCode().value() : null;
		return new StoredResult(status, headers, http.getBody(), postPhases);
	}

	/**
	 * Makes what the handler would return.
	 * @param stored the result
	 * @return what Spring MVC takes for that
	 */
	public @Nullable Object toReturned(StoredResult stored) {
		if (!this.entity) {
			return stored.body();
		}
		HttpHeaders headers = new HttpHeaders();
		stored.headers().forEach(headers::addAll);
		Integer status = stored.status();
		return (status != null) ? ResponseEntity.status(status).headers(headers).body(stored.body())
				: new HttpEntity<>(stored.body(), headers);
	}

}
