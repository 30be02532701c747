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

package io.github.earlyresponse.status;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import org.jspecify.annotations.Nullable;

import org.springframework.mock.web.MockAsyncContext;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/**
 * A container as an {@link EventStream} sees it: the client reads when the test says so,
 * a write can be held, and a response that has ended is another one's.
 */
final class TestContainer extends ServletOutputStream {

	private final StringBuffer body = new StringBuffer();

	private final List<String> mistakes = Collections.synchronizedList(new ArrayList<>());

	private final CountDownLatch writing = new CountDownLatch(1);

	private volatile @Nullable CountDownLatch held;

	private volatile boolean reading = true;

	private volatile @Nullable IOException failure;

	private volatile boolean ended;

	private volatile boolean completed;

	private volatile int aborts;

	private volatile @Nullable WriteListener listener;

	final Context context = new Context();

	Connection connection() {
		return new Connection(this.context, this, (cause) -> {
			this.aborts++;
			this.ended = true;
		});
	}

	/**
	 * Has the next write wait.
	 * @return lets it go on
	 */
	CountDownLatch hold() {
		CountDownLatch held = new CountDownLatch(1);
		this.held = held;
		return held;
	}

	void awaitWrite() throws InterruptedException {
		if (!this.writing.await(30, TimeUnit.SECONDS)) {
			throw new AssertionError("nothing is written");
		}
	}

	void reading(boolean reading) {
		this.reading = reading;
	}

	void fail(IOException failure) {
		this.failure = failure;
	}

	/**
	 * Ends the response, as it does when the connection is lost.
	 */
	void end(AsyncListener stream) throws IOException {
		stream.onComplete(new AsyncEvent(this.context));
		this.ended = true;
	}

	String body() {
		return this.body.toString();
	}

	boolean isCompleted() {
		return this.completed;
	}

	int aborts() {
		return this.aborts;
	}

	/**
	 * What must not be done with the response of another request.
	 */
	List<String> mistakes() {
		return this.mistakes;
	}

	@Nullable WriteListener listener() {
		return this.listener;
	}

	private void use(String operation) {
		if (this.ended) {
			this.mistakes.add(operation);
		}
	}

	@Override
	public boolean isReady() {
		use("isReady");
		return this.reading;
	}

	@Override
	public void setWriteListener(WriteListener listener) {
		this.listener = listener;
	}

	@Override
	public void write(int value) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void write(byte[] bytes) throws IOException {
		use("write");
		CountDownLatch held = this.held;
		this.held = null;
		if (held != null) {
			this.writing.countDown();
			try {
				if (!held.await(30, TimeUnit.SECONDS)) {
					throw new AssertionError("held for ever");
				}
			}
			catch (InterruptedException ex) {
				throw new IOException(ex);
			}
		}
		if (this.failure != null) {
			throw this.failure;
		}
		this.body.append(new String(bytes, StandardCharsets.UTF_8));
	}

	@Override
	public void flush() {
		use("flush");
	}

	/**
	 * Completes once, as that of a container.
	 */
	final class Context extends MockAsyncContext {

		private final List<AsyncListener> listeners = new ArrayList<>();

		private @Nullable RuntimeException refusal;

		Context() {
			super(new MockHttpServletRequest(), new MockHttpServletResponse());
		}

		void refuseListeners() {
			this.refusal = new IllegalStateException("expected");
		}

		@Override
		public void addListener(AsyncListener listener) {
			if (this.refusal != null) {
				throw this.refusal;
			}
			this.listeners.add(listener);
		}

		@Override
		public void addListener(AsyncListener listener, ServletRequest request, ServletResponse response) {
			addListener(listener);
		}

		@Override
		public void complete() {
			if (TestContainer.this.ended) {
				throw new IllegalStateException("has ended");
			}
			TestContainer.this.completed = true;
			TestContainer.this.ended = true;
		}

	}

}
