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

package io.github.earlyresponse.benchmarks.load;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Offers requests at a fixed rate, whether or not the server keeps up: each connection
 * has its timetable, and a late answer counts from the time at which its request was due.
 */
final class OpenLoad {

	private static final int CONNECTIONS = 64;

	private final URI uri;

	private final byte[] request;

	OpenLoad(URI uri) {
		this.uri = uri;
		this.request = ("GET " + uri.getPath() + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: " + Wrk.AUTHORIZATION
				+ "\r\n\r\n")
			.getBytes(StandardCharsets.US_ASCII);
	}

	/**
	 * Offers the load.
	 * @param rate requests per second
	 * @param duration for how long
	 * @return each answer
	 */
	List<Answered> run(int rate, Duration duration) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
		try {
			long interval = TimeUnit.SECONDS.toNanos(1) * CONNECTIONS / rate;
			long start = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100);
			List<Callable<List<Answered>>> connections = new ArrayList<>();
			for (int i = 0; i < CONNECTIONS; i++) {
				long offset = start + i * interval / CONNECTIONS;
				connections.add(() -> converse(offset, interval, duration));
			}
			List<Answered> answers = new ArrayList<>();
			for (Future<List<Answered>> connection : threads.invokeAll(connections)) {
				answers.addAll(connection.get());
			}
			return answers;
		}
		finally {
			threads.shutdownNow();
		}
	}

	private List<Answered> converse(long start, long interval, Duration duration) throws IOException {
		List<Answered> answers = new ArrayList<>();
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.uri.getPort())) {
			socket.setTcpNoDelay(true);
			socket.setSoTimeout(30_000);
			InputStream input = new BufferedInputStream(socket.getInputStream());
			for (long due = start; due - start < duration.toNanos(); due += interval) {
				while (System.nanoTime() < due) {
					LockSupport.parkNanos(due - System.nanoTime());
				}
				long begin = (System.nanoTime() - due < interval) ? System.nanoTime() : due;
				socket.getOutputStream().write(this.request);
				int status = readResponse(input);
				answers.add(new Answered(status, System.nanoTime() - begin));
			}
		}
		return answers;
	}

	private static int readResponse(InputStream input) throws IOException {
		String statusLine = readLine(input);
		int length = -1;
		boolean chunked = false;
		for (String line = readLine(input); !line.isEmpty(); line = readLine(input)) {
			String header = line.toLowerCase(Locale.ROOT);
			if (header.startsWith("content-length:")) {
				length = Integer.parseInt(header.substring("content-length:".length()).trim());
			}
			chunked |= header.startsWith("transfer-encoding: chunked");
		}
		if (chunked) {
			for (int size = chunk(input); size > 0; size = chunk(input)) {
				input.skipNBytes(size + 2L);
			}
			readLine(input);
		}
		else {
			input.skipNBytes(Math.max(length, 0));
		}
		return Integer.parseInt(statusLine.split(" ")[1]);
	}

	private static int chunk(InputStream input) throws IOException {
		return Integer.parseInt(readLine(input), 16);
	}

	private static String readLine(InputStream input) throws IOException {
		StringBuilder line = new StringBuilder();
		for (int next = input.read(); next != '\n'; next = input.read()) {
			if (next < 0) {
				throw new IOException("The connection was closed");
			}
			if (next != '\r') {
				line.append((char) next);
			}
		}
		return line.toString();
	}

	/**
	 * One answer.
	 *
	 * @param status its status
	 * @param nanos how long it took
	 */
	record Answered(int status, long nanos) {

		double millis() {
			return this.nanos / 1e6;
		}

	}

}
