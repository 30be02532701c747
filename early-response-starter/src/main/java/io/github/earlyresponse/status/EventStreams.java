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
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.web.response.ResponseRecorder;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.web.filter.ShallowEtagHeaderFilter;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.util.WebUtils;

/**
 * All streams of events. One thread looks after them, from the first one on, and another
 * one reads those of durable post-phases; none of them has a thread of its own.
 * <p>
 * Its lifecycle ends them before the web server begins to wait for its requests.
 */
@ImportRuntimeHints(TomcatConnections.Hints.class)
public final class EventStreams implements SmartLifecycle {

	/** One for the streams, and one to read what is durable. */
	private static final int THREADS = 2;

	private final StatusSettings settings;

	private final StatusStore store;

	private final WatchedDurables durables;

	private final Semaphore room;

	private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();

	private final EventStream.Owner owner = new Owner();

	private final Duration interval;

	private @Nullable ScheduledThreadPoolExecutor clock;

	private boolean ticking;

	private volatile boolean running;

	/**
	 * Creates the streams.
	 * @param settings the settings
	 * @param store the post-phases
	 */
	public EventStreams(StatusSettings settings, StatusStore store) {
		this.settings = settings;
		this.store = store;
		this.durables = new WatchedDurables(store);
		this.room = new Semaphore(settings.watchAtMost());
		// Or it would not be noticed in time that a client does not read or hears nothing
		this.interval = (settings.eventInterval().compareTo(settings.stallTimeout()) < 0) ? settings.eventInterval()
				: settings.stallTimeout();
	}

	/**
	 * The response of a stream, without the stream. Proxies shall neither keep nor change
	 * it.
	 */
	ServerResponse.BodyBuilder head() {
		return ServerResponse.ok()
			.contentType(MediaType.TEXT_EVENT_STREAM)
			.cacheControl(CacheControl.noStore())
			.header("X-Accel-Buffering", "no");
	}

	/**
	 * Opens a stream.
	 * @param postPhase the post-phase
	 * @param converters those of the application
	 * @return the response, {@code null} if there is no room for it
	 */
	@Nullable ServerResponse open(PostPhaseExecution postPhase, List<HttpMessageConverter<?>> converters) {
		if (!this.running || !this.room.tryAcquire()) {
			return null;
		}
		String id = postPhase.id();
		if (postPhase.durable()) {
			this.durables.add(postPhase);
		}
		return head().build((request, response) -> {
			Connection connection;
			try {
				connection = connect(request, response);
			}
			catch (IOException | RuntimeException ex) {
				this.room.release();
				throw ex;
			}
			EventStream stream = new EventStream(id, converters, this.owner, this.settings.stallTimeout(), connection,
					System::nanoTime);
			try {
				connection.context().addListener(stream);
				connection.out().setWriteListener(stream);
			}
			catch (RuntimeException ex) {
				stream.release();
				throw ex;
			}
			return null;
		});
	}

	private static Connection connect(HttpServletRequest request, HttpServletResponse response) throws IOException {
		ShallowEtagHeaderFilter.disableContentCaching(request);
		// Filters in between write their headers when the request thread leaves them,
		// which is before the container calls the stream, and have nothing to do with
		// the rest
		HttpServletResponse recorder = WebUtils.getNativeResponse(response, ResponseRecorder.class);
		HttpServletResponse outermost = (recorder != null) ? recorder : response;
		ServletOutputStream out = outermost.getOutputStream();
		AsyncContext context = request.startAsync();
		context.setTimeout(0);
		return new Connection(context, out, TomcatConnections.abortion(request));
	}

	private synchronized void tickLater() {
		ScheduledThreadPoolExecutor clock = this.clock;
		if (clock != null && !this.ticking && !this.streams.isEmpty()) {
			this.ticking = true;
			clock.schedule(() -> tick(clock), this.interval.toNanos(), TimeUnit.NANOSECONDS);
		}
	}

	private void tick(ScheduledThreadPoolExecutor clock) {
		try {
			this.durables.read(this.streams.stream().map(EventStream::id).collect(Collectors.toSet()), clock);
			Map<String, StatusEvent> events = new HashMap<>();
			Function<String, @Nullable StatusEvent> once = (id) -> events.computeIfAbsent(id, this.owner::event);
			this.streams.forEach((stream) -> stream.tick(once));
		}
		finally {
			ticked(clock);
		}
	}

	private synchronized void ticked(ScheduledThreadPoolExecutor clock) {
		// After a restart there is another clock, which ticks already
		if (this.clock == clock) {
			this.ticking = false;
			tickLater();
		}
	}

	@Override
	public synchronized void start() {
		CustomizableThreadFactory threadFactory = new CustomizableThreadFactory("post-phase-events-");
		threadFactory.setDaemon(true);
		this.clock = new ScheduledThreadPoolExecutor(THREADS, threadFactory);
		this.ticking = false;
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		synchronized (this) {
			if (this.clock != null) {
				this.clock.shutdownNow();
				this.clock = null;
			}
		}
		this.streams.forEach(EventStream::end);
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	private final class Owner implements EventStream.Owner {

		@Override
		public @Nullable StatusEvent event(String id) {
			PostPhaseExecution postPhase = find(id);
			return (postPhase != null) ? new StatusEvent(PostPhaseStatus.of(postPhase)) : null;
		}

		private @Nullable PostPhaseExecution find(String id) {
			WatchedDurables durables = EventStreams.this.durables;
			PostPhaseExecution here = (!durables.contains(id)) ? EventStreams.this.store.findHere(id) : null;
			return (here != null && !here.durable()) ? here : durables.find(id);
		}

		@Override
		public void opened(EventStream stream) {
			EventStreams.this.streams.add(stream);
			tickLater();
			if (!EventStreams.this.running) {
				stream.end();
			}
		}

		@Override
		public void closed(EventStream stream) {
			EventStreams.this.streams.remove(stream);
			EventStreams.this.room.release();
		}

	}

}
