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

package io.github.earlyresponse.testsupport;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/**
 * The ways to send a request and to read its response.
 */
public enum HttpProtocol {

	HTTP_1_1("GET", false) {

		@Override
		public Connection connect(int port) throws IOException {
			return new Http1(new RawHttpClient(port), "HTTP/1.1", "GET");
		}

	},

	HTTP_1_1_HEAD("HEAD", false) {

		@Override
		public Connection connect(int port) throws IOException {
			return new Http1(new RawHttpClient(port), "HTTP/1.1", "HEAD");
		}

	},

	HTTP_1_1_PIPELINED("GET", false) {

		@Override
		public Connection connect(int port) throws IOException {
			return new Pipelined(new RawHttpClient(port));
		}

	},

	HTTP_1_1_CLOSE("GET", false) {

		@Override
		public Connection connect(int port) throws IOException {
			return new Http1Once(new RawHttpClient(port), "HTTP/1.1", "Connection: close");
		}

	},

	HTTP_1_0("GET", false) {

		@Override
		public Connection connect(int port) throws IOException {
			return new Http1Once(new RawHttpClient(port), "HTTP/1.0");
		}

	},

	HTTP_1_1_TLS("GET", true) {

		@Override
		public Connection connect(int port) throws IOException {
			return new Http1(new RawHttpClient(TlsKey.connect(port)), "HTTP/1.1", "GET");
		}

	},

	HTTP_2("GET", false) {

		@Override
		public Connection connect(int port) throws IOException {
			return new Http2(new Http2Client(port, false), "GET");
		}

	},

	HTTP_2_HEAD("HEAD", false) {

		@Override
		public Connection connect(int port) throws IOException {
			return new Http2(new Http2Client(port, false), "HEAD");
		}

	},

	HTTP_2_TLS("GET", true) {

		@Override
		public Connection connect(int port) throws IOException {
			return new Http2(new Http2Client(port, true), "GET");
		}

	};

	private final String method;

	private final boolean secure;

	HttpProtocol(String method, boolean secure) {
		this.method = method;
		this.secure = secure;
	}

	public abstract Connection connect(int port) throws IOException;

	public boolean isSecure() {
		return this.secure;
	}

	public boolean isHead() {
		return this.method.equals("HEAD");
	}

	/**
	 * A connection for one request and, if that is possible, for the next.
	 */
	public interface Connection extends AutoCloseable {

		void send(String path, String... headers) throws IOException;

		/**
		 * Reads the response up to its end.
		 */
		RawResponse read() throws IOException;

		/**
		 * Reads a response that ends with its connection only.
		 * @param bodyLength how much of the body there has to be
		 */
		default RawResponse readUnended(int bodyLength) throws IOException {
			throw new UnsupportedOperationException();
		}

		/**
		 * What comes of another request to the same connection.
		 */
		String next(String path) throws IOException;

		@Override
		void close() throws IOException;

	}

	private record Http1(RawHttpClient client, String version, String method) implements Connection {

		@Override
		public void send(String path, String... headers) throws IOException {
			this.client.sendAs(this.version, this.method, path, null, headers);
		}

		@Override
		public RawResponse read() throws IOException {
			return this.client.read(this.method);
		}

		@Override
		public String next(String path) throws IOException {
			return this.client.get(path).content();
		}

		@Override
		public void close() throws IOException {
			this.client.close();
		}

	}

	private record Http1Once(RawHttpClient client, String version, String... headers) implements Connection {

		@Override
		public void send(String path, String... headers) throws IOException {
			String[] all = Stream.of(this.headers, headers).flatMap(Stream::of).toArray(String[]::new);
			this.client.sendAs(this.version, "GET", path, null, all);
		}

		@Override
		public RawResponse read() throws IOException {
			return this.client.read("GET");
		}

		@Override
		public RawResponse readUnended(int bodyLength) throws IOException {
			return this.client.readUnended(bodyLength);
		}

		@Override
		public String next(String path) throws IOException {
			return this.client.isEnded() ? "the connection is closed" : "there is more";
		}

		@Override
		public void close() throws IOException {
			this.client.close();
		}

	}

	/**
	 * The next request is already on its way when the response comes.
	 */
	private record Pipelined(RawHttpClient client) implements Connection {

		private static final String NEXT = "GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n";

		@Override
		public void send(String path, String... headers) throws IOException {
			StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n");
			for (String header : headers) {
				request.append(header).append("\r\n");
			}
			this.client.write(request.append("\r\n").append(NEXT).toString().getBytes(StandardCharsets.ISO_8859_1));
		}

		@Override
		public RawResponse read() throws IOException {
			return this.client.read("GET");
		}

		@Override
		public String next(String path) throws IOException {
			return this.client.read("GET").content();
		}

		@Override
		public void close() throws IOException {
			this.client.close();
		}

	}

	private static final class Http2 implements Connection {

		private final Http2Client client;

		private final String method;

		private Http2Exchange exchange;

		Http2(Http2Client client, String method) {
			this.client = client;
			this.method = method;
		}

		@Override
		public void send(String path, String... headers) throws IOException {
			this.exchange = this.client.send(this.method, path, headers);
		}

		@Override
		public RawResponse read() throws IOException {
			return this.exchange.read();
		}

		@Override
		public String next(String path) throws IOException {
			return this.client.send("GET", path).read().content();
		}

		@Override
		public void close() {
			this.client.close();
		}

	}

}
