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
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.github.earlyresponse.engine.ResponseDelivery;
import io.github.earlyresponse.web.request.EndedRequest;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;

/**
 * The response next to the container: sees what really goes out, and completes it.
 * <p>
 * Neither Spring MVC nor the container's own close tells that a client has gone; only the
 * exceptions of single writes do.
 */
public final class ResponseRecorder extends HttpServletResponseWrapper {

	private @Nullable RecordingOutputStream outputStream;

	private @Nullable PrintWriter writer;

	private @Nullable HeadWatch<?> head;

	private volatile @Nullable IOException failure;

	private boolean errorSent;

	private boolean heldBack;

	private Runnable abortCallback = () -> {
	};

	private volatile boolean ended;

	private final boolean headOnly;

	private final boolean ownConnection;

	private boolean finishedByOthers;

	private @Nullable HttpServletResponse containerResponse;

	/**
	 * Creates the recorder.
	 * @param request the request
	 * @param response the container's response
	 */
	public ResponseRecorder(HttpServletRequest request, HttpServletResponse response) {
		super(response);
		this.headOnly = HttpMethod.HEAD.matches(request.getMethod());
		this.ownConnection = "HTTP/1.1".equals(request.getProtocol()) || "HTTP/1.0".equals(request.getProtocol());
	}

	@Override
	public ServletOutputStream getOutputStream() throws IOException {
		if (this.outputStream == null) {
			this.outputStream = new RecordingOutputStream(super.getOutputStream(), this);
			this.outputStream.watch(this.head);
		}
		return this.outputStream;
	}

	@Override
	public PrintWriter getWriter() throws IOException {
		PrintWriter writer = super.getWriter();
		this.writer = writer;
		return new RecordingWriter(writer, this);
	}

	@Override
	public void flushBuffer() throws IOException {
		beforeHead();
		try {
			super.flushBuffer();
		}
		catch (IOException ex) {
			failed(ex);
			throw ex;
		}
	}

	@Override
	public void reset() {
		super.reset();
		this.writer = null;
		if (this.head != null) {
			this.head.reset();
		}
		if (this.outputStream != null) {
			this.outputStream.resetCount();
		}
	}

	@Override
	public void resetBuffer() {
		super.resetBuffer();
		if (this.outputStream != null) {
			this.outputStream.resetCount();
		}
	}

	@Override
	public void sendError(int status) throws IOException {
		this.errorSent = true;
		beforeHead();
		super.sendError(status);
	}

	@Override
	public void sendError(int status, String message) throws IOException {
		this.errorSent = true;
		beforeHead();
		super.sendError(status, message);
	}

	/**
	 * Whether the container will write the response, in an error dispatch or by itself.
	 * @return whether an error was sent
	 */
	public boolean isErrorSent() {
		return this.errorSent;
	}

	/**
	 * Whether writing has failed, because the client is gone.
	 * @return whether the response was aborted
	 */
	public boolean isAborted() {
		return this.failure != null;
	}

	/**
	 * Has it told when the response is aborted.
	 * @param callback is run on the thread that notices it
	 */
	public void onAbort(Runnable callback) {
		this.abortCallback = callback;
	}

	/**
	 * Has it told, from here on, when the head is about to be written, as long as it can
	 * be changed.
	 * @param state what there is to say
	 * @param callback is given that on the thread that is about to write the head, and
	 * once more when it has become another one
	 * @param <T> the type of what there is to say
	 */
	public <T> void onHead(Supplier<T> state, Consumer<T> callback) {
		boolean begun = this.outputStream != null || this.writer != null;
		this.head = new HeadWatch<>(this, begun, state, callback);
		if (this.outputStream != null) {
			this.outputStream.watch(this.head);
		}
	}

	/**
	 * The head is about to be written, or can be changed no more.
	 */
	public void beforeHead() {
		if (this.head != null) {
			this.head.now();
		}
	}

	@Override
	public void sendRedirect(String location) throws IOException {
		beforeHead();
		this.heldBack = true;
		super.sendRedirect(location);
	}

	@Override
	public void sendRedirect(String location, boolean clearBuffer) throws IOException {
		beforeHead();
		this.heldBack = true;
		super.sendRedirect(location, clearBuffer);
	}

	@Override
	public void sendRedirect(String location, int status) throws IOException {
		beforeHead();
		this.heldBack = true;
		super.sendRedirect(location, status);
	}

	@Override
	public void sendRedirect(String location, int status, boolean clearBuffer) throws IOException {
		beforeHead();
		this.heldBack = true;
		super.sendRedirect(location, status, clearBuffer);
	}

	/**
	 * The request was forwarded with this response.
	 */
	public void forwarded() {
		this.heldBack = true;
	}

	/**
	 * Whether the container may ignore that the response is completed. Tomcat does so
	 * after a redirect or a forward, until all filters have returned.
	 * @return whether the response is held back
	 */
	public boolean isHeldBack() {
		return this.heldBack && !isAborted();
	}

	@Nullable HeadWatch<?> head() {
		return this.head;
	}

	/**
	 * Ends the response and what was made of it, but for the current thread, on which the
	 * container goes on with the request. Nothing can be written any more.
	 */
	public void endExceptForThisThread() {
		this.ended = true;
		setResponse(EndedRequest.exceptForThisThread(HttpServletResponse.class, (HttpServletResponse) getResponse()));
	}

	/**
	 * Ends the response and what was made of it: the container may use its objects for
	 * another one.
	 */
	public void end() {
		this.ended = true;
		setResponse(EndedRequest.response());
	}

	boolean isEnded() {
		return this.ended;
	}

	void checkAlive(Class<?> type, String method) {
		if (this.ended) {
			throw EndedRequest.exception(type, method);
		}
	}

	void failed(IOException failure) {
		if (this.failure == null) {
			this.failure = failure;
			this.abortCallback.run();
		}
	}

	/**
	 * The response is not complete when this one is, because filters in front may keep it
	 * back.
	 * @param containerResponse the response of the container, {@code null} if it is not
	 * known
	 */
	public void finishedByFilters(@Nullable HttpServletResponse containerResponse) {
		this.finishedByOthers = true;
		this.containerResponse = containerResponse;
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
		return this.finishedByOthers && !isAborted();
	}

	/**
	 * Completes the response on the wire, framed as the container would do it. If others
	 * finish it nothing more than closing it can be done here.
	 * @return what became of it, {@code UNKNOWN} if others finish it
	 */
	public ResponseDelivery complete() {
		if (this.failure == null) {
			beforeHead();
			try {
				if (!this.ownConnection && !this.finishedByOthers) {
					flushWithLength();
				}
				close();
				if (!this.finishedByOthers) {
					// Closing swallows what this one reports: that the client has gone
					super.flushBuffer();
				}
			}
			catch (IOException ex) {
				failed(ex);
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
		if (this.failure == null) {
			try {
				close(containerResponse);
				containerResponse.flushBuffer();
			}
			catch (IOException ex) {
				failed(ex);
			}
		}
		return delivery(false);
	}

	private ResponseDelivery delivery(boolean unknown) {
		IOException failure = this.failure;
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
		if (this.heldBack || this.headOnly || this.outputStream == null || this.outputStream.getCount() == 0
				|| isCommitted() || containsHeader(HttpHeaders.CONTENT_LENGTH) || getTrailerFields() != null
				|| getStatus() == SC_NO_CONTENT || getStatus() == SC_NOT_MODIFIED) {
			return;
		}
		setContentLengthLong(this.outputStream.getCount());
		super.flushBuffer();
	}

	private void close() throws IOException {
		PrintWriter writer = this.writer;
		if (writer == null) {
			try {
				getOutputStream().close();
				return;
			}
			catch (IllegalStateException ex) {
				// Somebody has used the writer of a wrapped response
				writer = super.getWriter();
			}
		}
		// Asking what is still in its buffer flushes it, which would change how it is
		// framed. Asking what is closed is of no use, Jetty calls that an error
		if (isCommitted() && writer.checkError()) {
			failed(new IOException("The response could not be written"));
		}
		writer.close();
	}

}
