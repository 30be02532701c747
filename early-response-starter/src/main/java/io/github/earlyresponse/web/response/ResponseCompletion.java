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

import java.io.IOException;
import java.io.PrintWriter;

import io.github.earlyresponse.engine.ResponseDelivery;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * Completes a response on the wire, and tells what became of it.
 */
public final class ResponseCompletion {

	private final ResponseRecorder response;

	private volatile boolean finishedByOthers;

	private volatile @Nullable HttpServletResponse containerResponse;

	ResponseCompletion(ResponseRecorder response) {
		this.response = response;
	}

	/**
	 * The response is not complete when the recorded one is, because filters in front may
	 * keep it back.
	 * @param containerResponse the response of the container, {@code null} if it cannot
	 * be found
	 */
	public void finishedByFilters(@Nullable HttpServletResponse containerResponse) {
		this.containerResponse = containerResponse;
		this.finishedByOthers = true;
	}

	/**
	 * The container finishes the response by itself, and does not tell when.
	 */
	public void finishedByContainer() {
		this.finishedByOthers = true;
	}

	/**
	 * Whether somebody else finishes the response after it was completed here.
	 * @return whether others finish it
	 */
	public boolean isFinishedByOthers() {
		return this.finishedByOthers && !this.response.isAborted();
	}

	/**
	 * Completes the response on the wire, framed as the container would do it. If others
	 * finish it nothing more than closing it can be done here.
	 * @return what became of it, {@code UNKNOWN} if others finish it
	 */
	public ResponseDelivery complete() {
		if (!this.response.isAborted()) {
			this.response.beforeHead();
			try {
				if (!this.response.hasOwnConnection() && !this.finishedByOthers) {
					flushWithLength();
				}
				close();
				if (!this.finishedByOthers) {
					// Closing swallows what this one reports: that the client has gone
					this.response.getResponse().flushBuffer();
				}
			}
			catch (IOException ex) {
				this.response.failed(ex);
			}
		}
		return delivery(this.finishedByOthers);
	}

	/**
	 * Completes the response when all filters have returned.
	 * @return what became of it
	 */
	public ResponseDelivery completeAfterFilters() {
		HttpServletResponse containerResponse = this.containerResponse;
		if (containerResponse == null) {
			return complete();
		}
		if (!this.response.isAborted()) {
			try {
				close(containerResponse);
				containerResponse.flushBuffer();
			}
			catch (IOException ex) {
				this.response.failed(ex);
			}
		}
		return delivery(false);
	}

	private ResponseDelivery delivery(boolean unknown) {
		IOException failure = this.response.failure();
		if (failure != null) {
			return ResponseDelivery.aborted(failure);
		}
		return (unknown) ? ResponseDelivery.UNKNOWN : ResponseDelivery.SENT;
	}

	private static void close(HttpServletResponse response) throws IOException {
		try {
			response.getOutputStream().close();
		}
		catch (IllegalStateException ex) {
			response.getWriter().close();
		}
	}

	/**
	 * Sends a response that is still in the buffer with the length that closing would
	 * give it, because only flushing tells that a stream was reset. A response that has a
	 * connection of its own does not need this, and is better sent by closing it, which
	 * leaves less to do once the client has it.
	 */
	private void flushWithLength() throws IOException {
		// A response that is held back ignores what is written, so that the count is
		// wrong
		if (this.response.mayIgnoreWrites() || this.response.isHeadOnly() || this.response.count() == 0
				|| this.response.isCommitted() || this.response.containsHeader(HttpHeaders.CONTENT_LENGTH)
				|| this.response.getTrailerFields() != null
				|| this.response.getStatus() == HttpServletResponse.SC_NO_CONTENT
				|| this.response.getStatus() == HttpServletResponse.SC_NOT_MODIFIED) {
			return;
		}
		this.response.setContentLengthLong(this.response.count());
		this.response.getResponse().flushBuffer();
	}

	private void close() throws IOException {
		PrintWriter writer = this.response.writer();
		if (writer == null) {
			try {
				this.response.getOutputStream().close();
				return;
			}
			catch (IllegalStateException ex) {
				// Somebody has used the writer of a wrapped response
				writer = this.response.getResponse().getWriter();
			}
		}
		// Asking what is still in its buffer flushes it, which would change how it is
		// framed. Asking what is closed is of no use, Jetty calls that an error
		if (this.response.isCommitted() && writer.checkError()) {
			this.response.failed(new IOException("The response could not be written"));
		}
		writer.close();
	}

}
