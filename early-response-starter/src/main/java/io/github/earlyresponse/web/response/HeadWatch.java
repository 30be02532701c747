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

package io.github.earlyresponse.web.response;

import java.util.function.Consumer;
import java.util.function.Supplier;

import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * Tells when the head of a response is about to be written, as long as it can be changed.
 * It may tell too early, and then once more if there is something new, but not too late.
 *
 * @param <T> the type of what there is to say
 */
final class HeadWatch<T> {

	/**
	 * The part of the buffer that a container fills without writing any of it: Jetty
	 * passes over the buffer for larger pieces.
	 */
	private static final int SAFE_PART = 4;

	private final HttpServletResponse response;

	private final Supplier<T> state;

	private final Consumer<T> callback;

	private @Nullable T told;

	private long count;

	private boolean written;

	/**
	 * Creates the watch.
	 * @param response the response, whose head may be written
	 * @param begun whether some of the body may be in the buffer already
	 * @param state what there is to say
	 * @param callback is told that
	 */
	HeadWatch(HttpServletResponse response, boolean begun, Supplier<T> state, Consumer<T> callback) {
		this.response = response;
		this.count = (begun) ? response.getBufferSize() : 0;
		this.state = state;
		this.callback = callback;
	}

	/**
	 * Some of the body is about to be written.
	 * @param length how many bytes
	 */
	void beforeWrite(long length) {
		if (this.written) {
			return;
		}
		this.count += length;
		// A container may complete a response with the last byte that its length promises
		if (this.count > this.response.getBufferSize() / SAFE_PART
				|| this.response.containsHeader(HttpHeaders.CONTENT_LENGTH)) {
			now();
		}
	}

	/**
	 * The head is about to be written, unless it was before.
	 */
	void now() {
		if (!this.written) {
			this.written = this.response.isCommitted();
			if (!this.written) {
				tell();
			}
		}
	}

	private void tell() {
		T state = this.state.get();
		if (!state.equals(this.told)) {
			this.callback.accept(state);
			this.told = state;
		}
	}

	/**
	 * The head begins anew, without what the callback has put into it.
	 */
	void reset() {
		this.told = null;
		this.count = 0;
	}

}
