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

import io.github.earlyresponse.ContextCarrier;

import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/**
 * Lets those who ask {@link RequestContextHolder} in a post-phase, such as request-scoped
 * beans, learn that the request has ended.
 */
public final class EndedRequestCarrier implements ContextCarrier {

	@Override
	public Context capture() {
		return EndedRequestCarrier::open;
	}

	private static Scope open() {
		RequestAttributes previous = RequestContextHolder.getRequestAttributes();
		RequestContextHolder.setRequestAttributes(EndedRequest.attributes);
		return () -> RequestContextHolder.setRequestAttributes(previous);
	}

}
