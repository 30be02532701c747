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

package io.github.earlyresponse.web.request;

import java.util.Map;

import io.github.earlyresponse.StorableContextCarrier;

import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/**
 * Lets those who ask {@link RequestContextHolder} in a post-phase, such as request-scoped
 * beans, learn that the request has ended.
 */
public final class EndedRequestCarrier implements StorableContextCarrier {

	private static final StorableContext CONTEXT = new EndedRequestContext();

	@Override
	public String name() {
		return "request-guard";
	}

	@Override
	public StorableContext capture() {
		return CONTEXT;
	}

	@Override
	public Context restore(Map<String, String> values) {
		return CONTEXT;
	}

	private static final class EndedRequestContext implements StorableContext {

		@Override
		public Scope open() {
			RequestAttributes previous = RequestContextHolder.getRequestAttributes();
			RequestContextHolder.setRequestAttributes(EndedRequest.attributes);
			return (previous != null) ? () -> RequestContextHolder.setRequestAttributes(previous)
					: RequestContextHolder::resetRequestAttributes;
		}

		@Override
		public Map<String, String> values() {
			return Map.of();
		}

	}

}
