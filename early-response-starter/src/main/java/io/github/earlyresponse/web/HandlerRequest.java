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

package io.github.earlyresponse.web;

import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.RequestSnapshot;
import io.github.earlyresponse.web.request.RequestSnapshots;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * The request of a handler: captures what the post-phases need of it.
 */
final class HandlerRequest {

	private static final ContextCarrier.Context EMPTY = () -> () -> {
	};

	private final ServletRequestAttributes attributes;

	private final ContextCarrier contextCarrier;

	/**
	 * Creates the request.
	 * @param attributes the request attributes of the dispatch to the handler
	 * @param contextCarrier captures the context of the thread
	 */
	HandlerRequest(ServletRequestAttributes attributes, ContextCarrier contextCarrier) {
		this.attributes = attributes;
		this.contextCarrier = contextCarrier;
	}

	/**
	 * Captures the context of the current thread. The response stands if that fails: the
	 * failure is that of the post-phases.
	 * @param copyRequest whether a post-phase may ask for a copy of the request
	 * @return what was captured
	 */
	Captured capture(boolean copyRequest) {
		try {
			return new Captured(this.contextCarrier.capture(),
					(copyRequest) ? RequestSnapshots.of(this.attributes.getRequest()) : null, null);
		}
		catch (Throwable ex) {
			return new Captured(EMPTY, null, ex);
		}
	}

	/**
	 * The status of the response so far.
	 */
	int status() {
		try {
			return (this.attributes.getResponse() != null) ? this.attributes.getResponse().getStatus()
					: HttpStatus.OK.value();
		}
		catch (IllegalStateException ex) {
			// The request has ended while its handler was running
			return HttpStatus.INTERNAL_SERVER_ERROR.value();
		}
	}

	/**
	 * What was captured of a request.
	 *
	 * @param context the context of the thread
	 * @param request the copy of the request, {@code null} if nobody asks for it
	 * @param failure why this could not be captured, {@code null} if it was
	 */
	record Captured(ContextCarrier.Context context, @Nullable RequestSnapshot request, @Nullable Throwable failure) {
	}

}
