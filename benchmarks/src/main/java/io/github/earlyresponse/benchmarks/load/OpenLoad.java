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
import java.io.Closeable;
import java.io.EOFException;
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
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

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
		try (Connection connection = new Connection()) {
			connection.open();
			for (long due = start; due - start < duration.toNanos(); due += interval) {
				// Waking up too late is this program's fault, being busy until then the
				// server's
				boolean idle = System.nanoTime() < due;
				while (System.nanoTime() < due) {
					LockSupport.parkNanos(due - System.nanoTime());
				}
				long begin = (idle) ? System.nanoTime() : due;
				int status = connection.send();
				answers.add(new Answered(status, System.nanoTime() - begin));
				connection.open();
			}
		}
		return answers;
	}

	/**
	 * One connection, made anew between two requests where the server closes it, as
	 * Tomcat does after a 503.
	 */
	private final class Connection implements Closeable {

		private @Nullable Socket socket;

		private InputStream input = InputStream.nullInputStream();

		void open() throws IOException {
			if (this.socket == null) {
				this.socket = new Socket(InetAddress.getLoopbackAddress(), OpenLoad.this.uri.getPort());
				this.socket.setTcpNoDelay(true);
				this.socket.setSoTimeout(30_000);
				this.input = new BufferedInputStream(this.socket.getInputStream());
			}
		}

		int send() throws IOException {
			Objects.requireNonNull(this.socket).getOutputStream().write(OpenLoad.this.request);
			return readResponse();
		}

		private int readResponse() throws IOException {
			int status = Integer.parseInt(readLine().split(" ")[1]);
			int length = 0;
			boolean chunked = false;
			boolean close = false;
			for (String header = readLine(); !header.isEmpty(); header = readLine()) {
				header = header.toLowerCase(Locale.ROOT);
				if (header.startsWith("content-length:")) {
					length = Integer.parseInt(header.substring("content-length:".length()).trim());
				}
				chunked |= header.startsWith("transfer-encoding: chunked");
				close |= header.startsWith("connection: close");
			}
			if (close) {
				this.input.readAllBytes();
				close();
			}
			else if (chunked) {
				for (int size = readChunkSize(); size > 0; size = readChunkSize()) {
					this.input.skipNBytes(size + 2L);
				}
				readLine();
			}
			else {
				this.input.skipNBytes(length);
			}
			return status;
		}

		private int readChunkSize() throws IOException {
			return Integer.parseInt(readLine(), 16);
		}

		private String readLine() throws IOException {
			StringBuilder line = new StringBuilder();
			for (int next = this.input.read(); next != '\n'; next = this.input.read()) {
				if (next < 0) {
					throw new EOFException("The connection was closed");
				}
				if (next != '\r') {
					line.append((char) next);
				}
			}
			return line.toString();
		}

		@Override
		public void close() throws IOException {
			if (this.socket != null) {
				this.socket.close();
				this.socket = null;
			}
		}

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
