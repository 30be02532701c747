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

import io.github.earlyresponse.web.request.EndedRequest;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpMethod;

/**
 * The response next to the container: sees what really goes out.
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

	private @Nullable AbortListener abortListener;

	private volatile boolean ended;

	private final boolean headOnly;

	private final boolean ownConnection;

	private @Nullable ResponseCompletion completion;

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
	 * @param listener is notified on the thread that notices it
	 */
	public void onAbort(AbortListener listener) {
		this.abortListener = listener;
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
			if (this.abortListener != null) {
				this.abortListener.aborted();
			}
		}
	}

	/**
	 * What completes the response.
	 * @return the completion
	 */
	public synchronized ResponseCompletion completion() {
		ResponseCompletion completion = this.completion;
		if (completion == null) {
			completion = new ResponseCompletion(this);
			this.completion = completion;
		}
		return completion;
	}

	/**
	 * Why writing failed, {@code null} if it did not.
	 */
	@Nullable IOException failure() {
		return this.failure;
	}

	/**
	 * The writer of the container, {@code null} if nobody has asked this response for it.
	 */
	@Nullable PrintWriter writer() {
		return this.writer;
	}

	/**
	 * How many bytes were written to the output stream.
	 */
	long count() {
		return (this.outputStream != null) ? this.outputStream.getCount() : 0;
	}

	/**
	 * Whether the request asks for the head only.
	 */
	boolean isHeadOnly() {
		return this.headOnly;
	}

	/**
	 * Whether the response has a connection of its own, which those of HTTP/2 share.
	 */
	boolean hasOwnConnection() {
		return this.ownConnection;
	}

	/**
	 * Whether the container may ignore what is written from now on.
	 */
	boolean mayIgnoreWrites() {
		return this.heldBack;
	}

	/**
	 * Is notified when a response is aborted.
	 */
	@FunctionalInterface
	public interface AbortListener {

		/**
		 * Writing the response has failed for the first time.
		 */
		void aborted();

	}

}
