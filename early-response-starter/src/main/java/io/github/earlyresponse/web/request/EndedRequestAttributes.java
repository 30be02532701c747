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

import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * In place of the request attributes of a thread. A bean of the request or session scope
 * is looked up here; an {@link IllegalStateException} would be replaced by one of Spring,
 * which recommends a scoped proxy.
 */
class EndedRequestAttributes extends ServletRequestAttributes {

	EndedRequestAttributes() {
		super(EndedRequest.request, EndedRequest.response);
	}

	@Override
	public Object getAttribute(String name, int scope) {
		throw new UnsupportedOperationException(
				"'" + name + "' was asked for after the response: " + EndedRequest.REMEDY);
	}

	@Override
	public Object getSessionMutex() {
		throw new UnsupportedOperationException("The session was asked for after the response: " + EndedRequest.REMEDY);
	}

}
