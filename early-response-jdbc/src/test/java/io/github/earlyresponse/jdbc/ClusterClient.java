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

package io.github.earlyresponse.jdbc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Iterator;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A client of a cluster that starts one post-phase after the other, and follows each to
 * its end.
 */
final class ClusterClient extends Thread {

	private static final Duration LONGEST = Duration.ofSeconds(60);

	private static final int PAUSE_MILLIS = 100;

	private final HttpClient http = HttpClient.newHttpClient();

	private final LoadBalancer cluster;

	private final Log log;

	private final String path;

	private final Way way;

	private final boolean repeating;

	private volatile boolean ending;

	/**
	 * Creates a client.
	 * @param path begins the path of what it posts
	 * @param way how it follows
	 * @param repeating whether it repeats a request, with its {@code Idempotency-Key},
	 * until that is accepted
	 */
	ClusterClient(LoadBalancer cluster, Log log, String path, Way way, boolean repeating) {
		super("client " + path);
		this.cluster = cluster;
		this.log = log;
		this.path = path;
		this.way = way;
		this.repeating = repeating;
	}

	/**
	 * Lets it end when that which it follows has ended.
	 */
	void end() {
		this.ending = true;
	}

	@Override
	public void run() {
		try {
			for (int i = 0; !this.ending; i++) {
				String path = this.path + "-" + i;
				String id = accept(path);
				if (id != null) {
					follow(id, path);
				}
			}
		}
		catch (Exception ex) {
			this.log.problem(this.path + " has stopped", ex);
		}
	}

	private @Nullable String accept(String path) throws InterruptedException {
		String item = path.substring(path.lastIndexOf('/') + 1);
		HttpRequest.Builder request = HttpRequest.newBuilder(this.cluster.uri(path))
			.timeout(LONGEST)
			.POST(BodyPublishers.noBody());
		if (this.repeating) {
			request.header("Idempotency-Key", "\"" + item + "\"");
		}
		long start = System.nanoTime();
		while (true) {
			try {
				HttpResponse<String> response = this.http.send(request.build(), BodyHandlers.ofString());
				if (response.statusCode() == 202) {
					this.log.promised.add(item);
					return response.headers().firstValue("Post-Phase-Id").orElseThrow();
				}
				if (!(this.repeating && response.statusCode() == 409)) {
					unavailable(path, response);
				}
			}
			catch (IOException ex) {
				this.log.problem("POST " + path, ex);
			}
			TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
			if (!this.repeating) {
				// Nobody knows whether it was accepted
				return null;
			}
			if (isLate(start)) {
				this.log.problems.add(path + " was not accepted");
				return null;
			}
		}
	}

	/**
	 * Counts a 503. Everything else is a problem.
	 */
	private void unavailable(String path, HttpResponse<?> response) {
		if (response.statusCode() == 503) {
			this.log.unavailable.incrementAndGet();
		}
		else {
			this.log.problems.add(path + " was answered with " + response.statusCode() + " " + response.body());
		}
	}

	private void follow(String id, String path) throws InterruptedException {
		Watch watch = new Watch(path);
		long start = System.nanoTime();
		for (int i = 0; !watch.finished; i++) {
			if (isLate(start)) {
				this.log.problems.add(path + " has not ended: " + watch.last);
				return;
			}
			if (this.way == Way.POLLING || (this.way == Way.BOTH && i % 2 == 0)) {
				poll("/post-phases/" + id, watch);
				TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
			}
			else {
				readEvents("/post-phases/" + id + "/events", watch);
			}
		}
		if (this.way == Way.BOTH) {
			// Every node knows that it has ended
			for (int i = 0; i < 3; i++) {
				poll("/post-phases/" + id, watch);
			}
		}
		this.log.followed.incrementAndGet();
	}

	private static boolean isLate(long start) {
		return System.nanoTime() - start > LONGEST.toNanos();
	}

	private void poll(String path, Watch watch) throws InterruptedException {
		try {
			HttpResponse<String> response = this.http
				.send(HttpRequest.newBuilder(this.cluster.uri(path)).timeout(LONGEST).build(), BodyHandlers.ofString());
			if (response.statusCode() == 200) {
				watch.see(response.body());
			}
			else {
				unavailable(watch.path, response);
			}
		}
		catch (IOException ex) {
			this.log.problem("GET " + watch.path, ex);
		}
	}

	/**
	 * Reads a stream until it ends, or in the way {@link Way#BOTH} only for an event.
	 */
	private void readEvents(String path, Watch watch) throws InterruptedException {
		try {
			HttpResponse<Stream<String>> response = this.http
				.send(HttpRequest.newBuilder(this.cluster.uri(path)).timeout(LONGEST).build(), BodyHandlers.ofLines());
			try (Stream<String> lines = response.body()) {
				if (response.statusCode() != 200) {
					unavailable(watch.path, response);
					TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
					return;
				}
				for (Iterator<String> line = lines.iterator(); !watch.finished && line.hasNext();) {
					String text = line.next();
					if (text.startsWith("data:")) {
						watch.see(text.substring("data:".length()));
						if (this.way == Way.BOTH) {
							return;
						}
					}
				}
			}
		}
		catch (IOException | UncheckedIOException ex) {
			// The node has died
		}
		if (!watch.finished) {
			this.log.reconnected.incrementAndGet();
		}
	}

	/**
	 * How a client follows.
	 */
	enum Way {

		POLLING, EVENTS, BOTH

	}

	/**
	 * What all clients have seen.
	 */
	static final class Log {

		/** The items for which a client has read a 2xx. */
		final Set<String> promised = ConcurrentHashMap.newKeySet();

		final Queue<String> problems = new ConcurrentLinkedQueue<>();

		/** How often the answer was a 503. */
		final AtomicInteger unavailable = new AtomicInteger();

		/** How often a stream of events has ended before its last event. */
		final AtomicInteger reconnected = new AtomicInteger();

		/** How many were seen to their end. */
		final AtomicInteger followed = new AtomicInteger();

		private void problem(String text, Exception ex) {
			this.problems.add(text + ": " + ex);
		}

	}

	/**
	 * What one client has seen of one post-phase, which never goes backwards: what has
	 * finished stays so, the attempt does not decrease, and neither does the progress of
	 * an attempt.
	 */
	private final class Watch {

		private final String path;

		private String last = "";

		private boolean finished;

		private int attempt;

		private long done;

		Watch(String path) {
			this.path = path;
		}

		void see(String json) {
			JsonNode status = JsonMapper.shared().readTree(json);
			boolean finished = status.path("state").asString().equals("finished");
			int attempt = status.path("attempt").asInt(0);
			long done = status.path("progress").path("done").asLong(0);
			if ((this.finished && !finished) || attempt < this.attempt
					|| (attempt == this.attempt && done < this.done)) {
				ClusterClient.this.log.problems.add(this.path + " went backwards from " + this.last + " to " + json);
			}
			if (finished && !status.path("outcome").asString().equals("completed")) {
				ClusterClient.this.log.problems.add(this.path + " has not completed: " + json);
			}
			this.finished = finished;
			this.attempt = attempt;
			this.done = done;
			this.last = json;
		}

	}

}
