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
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.WriteListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.http.converter.HttpMessageConverter;

/**
 * The events of one post-phase for one client. Nobody ever waits for it: it is written
 * when the container says that it can be, and whoever finds it busy comes back at the
 * next tick.
 */
final class EventStream implements WriteListener, AsyncListener {

	private static final Log logger = LogFactory.getLog(EventStream.class);

	private static final byte[] COMMENT = ":\n\n".getBytes(StandardCharsets.UTF_8);

	private static final long NEVER = Long.MIN_VALUE;

	private final String id;

	private final List<HttpMessageConverter<?>> converters;

	private final Owner owner;

	private final long timeout;

	private final Connection connection;

	private final LongSupplier clock;

	private final ReentrantLock lock = new ReentrantLock();

	private volatile @Nullable PostPhaseStatus last;

	private long lastWrite;

	private long stalledSince = NEVER;

	private boolean opened;

	private boolean unflushed;

	private boolean ended;

	private boolean closed;

	/**
	 * Creates the stream.
	 * @param id the id of the post-phase
	 * @param converters those of the application
	 * @param owner what it belongs to
	 * @param timeout how long the client may not read, and how long nothing is written
	 * @param connection to the client
	 * @param clock the time in nanoseconds
	 */
	EventStream(String id, List<HttpMessageConverter<?>> converters, Owner owner, Duration timeout,
			Connection connection, LongSupplier clock) {
		this.id = id;
		this.converters = converters;
		this.owner = owner;
		this.timeout = timeout.toNanos();
		this.connection = connection;
		this.clock = clock;
		this.lastWrite = clock.getAsLong();
	}

	String id() {
		return this.id;
	}

	/**
	 * Called by the container for the first time when the request thread has left, so
	 * that nobody else writes the head, and then each time when the client reads again.
	 */
	@Override
	public void onWritePossible() {
		tick(this.owner::event);
	}

	/**
	 * Writes what there is to write, and drops the client if it does not read.
	 * @param events the current event of a post-phase, asked for once: where the progress
	 * never rests there is always something new
	 */
	void tick(Function<String, @Nullable StatusEvent> events) {
		try {
			// Without the lock, because code of the application makes the JSON
			StatusEvent event = events.apply(this.id);
			boolean changed = event != null && !event.status().equals(this.last);
			tick(event, (changed) ? event.bytes(this.converters) : null);
		}
		catch (IOException ex) {
			logger.debug("A client that watches post-phase " + this.id + " has gone", ex);
			drop(ex);
		}
		catch (RuntimeException | Error ex) {
			logger.warn("Events of post-phase " + this.id + " cannot be sent", ex);
			drop(new IOException(ex));
		}
	}

	private void tick(@Nullable StatusEvent event, byte @Nullable [] change) throws IOException {
		if (!this.lock.tryLock()) {
			return;
		}
		try {
			if (!this.opened && !this.closed) {
				this.opened = true;
				this.owner.opened(this);
			}
			write(event, change);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void write(@Nullable StatusEvent event, byte @Nullable [] change) throws IOException {
		while (!this.closed && this.connection.out().isReady()) {
			this.stalledSince = NEVER;
			if (this.unflushed) {
				this.unflushed = false;
				this.connection.out().flush();
			}
			else if (this.ended) {
				complete();
			}
			else {
				byte[] next = next(event, change);
				if (next == null) {
					return;
				}
				this.lastWrite = this.clock.getAsLong();
				this.unflushed = true;
				this.connection.out().write(next);
			}
		}
		if (!this.closed) {
			checkStalled();
		}
	}

	private byte @Nullable [] next(@Nullable StatusEvent event, byte @Nullable [] change) {
		if (event == null) {
			// It was not kept long enough
			this.ended = true;
			return COMMENT;
		}
		if (change == null || event.status().equals(this.last)) {
			return (this.clock.getAsLong() - this.lastWrite > this.timeout) ? COMMENT : null;
		}
		this.last = event.status();
		this.ended = event.status().isFinished();
		return change;
	}

	private void checkStalled() {
		long now = this.clock.getAsLong();
		if (this.stalledSince == NEVER) {
			this.stalledSince = now;
		}
		else if (now - this.stalledSince > this.timeout) {
			logger.info("A client that watches post-phase " + this.id + " reads no more and is dropped");
			drop(new IOException("The client reads no more"));
		}
	}

	/**
	 * Releases what belongs to the stream. The container has ended the response, or never
	 * calls the stream.
	 */
	void release() {
		this.lock.lock();
		try {
			close();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Ends the stream, whatever there was still to be told.
	 */
	void end() {
		this.lock.lock();
		try {
			if (!this.closed && this.connection.out().isReady()) {
				complete();
			}
			else {
				drop(new IOException("The application is shutting down"));
			}
		}
		catch (RuntimeException ex) {
			drop(new IOException(ex));
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Aborts the response. With the lock, so that the container, which has to tell of an
	 * end of its own, cannot have given the response to another request meanwhile.
	 */
	private void drop(IOException cause) {
		this.lock.lock();
		try {
			if (close()) {
				this.connection.abort(cause);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void complete() {
		if (close()) {
			this.connection.complete();
		}
	}

	private boolean close() {
		if (this.closed) {
			return false;
		}
		this.closed = true;
		this.owner.closed(this);
		return true;
	}

	@Override
	public void onError(Throwable ex) {
		release();
		this.connection.complete();
	}

	@Override
	public void onError(AsyncEvent event) {
		release();
		this.connection.complete();
	}

	@Override
	public void onTimeout(AsyncEvent event) {
		release();
		this.connection.complete();
	}

	@Override
	public void onComplete(AsyncEvent event) {
		release();
	}

	@Override
	public void onStartAsync(AsyncEvent event) {
	}

	/**
	 * What streams belong to. Told once each, the end also of a stream that was never
	 * opened.
	 */
	interface Owner {

		@Nullable StatusEvent event(String id);

		void opened(EventStream stream);

		void closed(EventStream stream);

	}

}
