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

import java.util.List;
import java.util.stream.Stream;

import io.github.earlyresponse.web.request.GuardedRequest;
import io.github.earlyresponse.web.response.ResponseRecorder;
import org.jspecify.annotations.Nullable;

/**
 * The request and response objects of one request, which end with it if an annotated
 * handler may have passed them on. Those of other requests end as they would without us.
 */
final class RequestObjects {

	private @Nullable GuardedRequest request;

	private @Nullable ResponseRecorder response;

	/** Ends the objects of earlier dispatches that the container did not bring back. */
	private List<Runnable> formerEnds = List.of();

	private boolean handled;

	/**
	 * A dispatch begins. An error dispatch comes with objects of its own, while the
	 * handler may have passed on the earlier ones.
	 */
	synchronized void dispatch(GuardedRequest request, ResponseRecorder response) {
		GuardedRequest formerRequest = this.request;
		ResponseRecorder formerResponse = this.response;
		if (this.handled && formerRequest != null && formerRequest != request) {
			endLater(formerRequest::end);
		}
		if (this.handled && formerResponse != null && formerResponse != response) {
			endLater(formerResponse::end);
		}
		this.request = request;
		this.response = response;
	}

	private void endLater(Runnable end) {
		this.formerEnds = Stream.concat(this.formerEnds.stream(), Stream.of(end)).toList();
	}

	/**
	 * An annotated handler is called, perhaps once more.
	 */
	synchronized void handled() {
		this.handled = true;
		if (this.request != null) {
			this.request.handled();
		}
	}

	/**
	 * The response of the current dispatch.
	 */
	synchronized @Nullable ResponseRecorder response() {
		return this.response;
	}

	synchronized void end() {
		if (this.handled && this.request != null && this.response != null) {
			this.request.end();
			this.response.end();
			for (int i = 0; i < this.formerEnds.size(); i++) {
				this.formerEnds.get(i).run();
			}
		}
	}

	synchronized void endExceptForThisThread() {
		if (this.request != null && this.response != null && !this.request.isEnded()) {
			this.request.endExceptForThisThread();
			this.response.endExceptForThisThread();
		}
	}

}
