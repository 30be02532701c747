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

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * An HTTP/1 connection that sees the bytes and when they come.
 */
public final class RawHttpClient implements AutoCloseable {

	private final Socket socket;

	private final InputStream in;

	public RawHttpClient(int port) throws IOException {
		this(port, 0);
	}

	/**
	 * Connects with a receive buffer of its own size.
	 */
	public RawHttpClient(int port, int receiveBuffer) throws IOException {
		this(connect(port, receiveBuffer));
	}

	public RawHttpClient(Socket socket) throws IOException {
		this.socket = socket;
		this.socket.setTcpNoDelay(true);
		this.socket.setSoTimeout(20_000);
		this.in = new BufferedInputStream(this.socket.getInputStream());
	}

	private static Socket connect(int port, int receiveBuffer) throws IOException {
		Socket socket = new Socket();
		if (receiveBuffer > 0) {
			socket.setReceiveBufferSize(receiveBuffer);
		}
		socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
		return socket;
	}

	public RawResponse get(String path, String... headers) throws IOException {
		return exchange("GET", path, null, headers);
	}

	public RawResponse post(String path, String json, String... headers) throws IOException {
		return exchange("POST", path, json, headers);
	}

	public RawResponse exchange(String method, String path, String json, String... headers) throws IOException {
		send(method, path, json, headers);
		return read(method);
	}

	public void send(String method, String path, String json, String... headers) throws IOException {
		sendAs("HTTP/1.1", method, path, json, headers);
	}

	public void sendAs(String version, String method, String path, String json, String... headers) throws IOException {
		StringBuilder request = new StringBuilder(method + " " + path + " " + version + "\r\nHost: localhost\r\n");
		for (String header : headers) {
			request.append(header).append("\r\n");
		}
		byte[] body = (json != null) ? json.getBytes(StandardCharsets.UTF_8) : new byte[0];
		if (json != null) {
			request.append("Content-Type: application/json\r\nContent-Length: ").append(body.length).append("\r\n");
		}
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		bytes.write(request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
		bytes.write(body);
		write(bytes.toByteArray());
	}

	/**
	 * Sends what need not be a request.
	 */
	public void sendRaw(String text) throws IOException {
		this.socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
	}

	/**
	 * Reads one response up to its very last byte.
	 */
	public RawResponse read(String method) throws IOException {
		long start = System.nanoTime();
		ByteArrayOutputStream raw = new ByteArrayOutputStream();
		String head = readHead(raw);
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		String length = RawResponse.header(head, "Content-Length");
		int status = RawResponse.status(head);
		if ("HEAD".equals(method) || status == 204 || status == 304) {
			// There is no body
		}
		else if (length != null) {
			readFully(Integer.parseInt(length), raw, body);
		}
		else if ("chunked".equals(RawResponse.header(head, "Transfer-Encoding"))) {
			readChunks(raw, body);
		}
		else {
			byte[] rest = this.in.readAllBytes();
			raw.write(rest);
			body.write(rest);
		}
		return new RawResponse(head, body.toByteArray(), raw.toByteArray(),
				Duration.ofNanos(System.nanoTime() - start));
	}

	/**
	 * Whether the response to a request with {@code Expect: 100-continue} is to send its
	 * body.
	 */
	public boolean readContinue() throws IOException {
		return RawResponse.status(readHead(new ByteArrayOutputStream())) == 100;
	}

	/**
	 * Reads what comes of a response without a length, which ends with its connection.
	 * @param bodyLength how much of the body there has to be
	 */
	public RawResponse readUnended(int bodyLength) throws IOException {
		ByteArrayOutputStream raw = new ByteArrayOutputStream();
		String head = readHead(raw);
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		readFully(bodyLength, raw, body);
		return new RawResponse(head, body.toByteArray(), raw.toByteArray(), Duration.ZERO);
	}

	/**
	 * Reads a response in chunks up to the end of its trailer.
	 * @return all of it
	 */
	public String readWithTrailer() throws IOException {
		ByteArrayOutputStream raw = new ByteArrayOutputStream();
		readHead(raw);
		readUntil("\r\n0\r\n", raw);
		readUntil("\r\n\r\n", raw);
		return raw.toString(StandardCharsets.ISO_8859_1);
	}

	/**
	 * Whether the server ends the connection, and no byte is left on it.
	 */
	public boolean isEnded() throws IOException {
		return this.in.read() == -1;
	}

	public void write(byte[] bytes) throws IOException {
		this.socket.getOutputStream().write(bytes);
		this.socket.getOutputStream().flush();
	}

	private String readHead(ByteArrayOutputStream raw) throws IOException {
		return readUntil("\r\n\r\n", raw);
	}

	private void readChunks(ByteArrayOutputStream raw, ByteArrayOutputStream body) throws IOException {
		while (true) {
			int size = Integer.parseInt(readUntil("\r\n", raw).trim(), 16);
			readFully(size, raw, body);
			readFully(2, raw);
			if (size == 0) {
				return;
			}
		}
	}

	private String readUntil(String end, ByteArrayOutputStream raw) throws IOException {
		StringBuilder text = new StringBuilder();
		while (text.length() < end.length() || text.indexOf(end, text.length() - end.length()) < 0) {
			int next = this.in.read();
			if (next < 0) {
				throw endedTooEarly();
			}
			raw.write(next);
			text.append((char) next);
		}
		return text.toString();
	}

	private void readFully(int count, ByteArrayOutputStream... targets) throws IOException {
		byte[] bytes = new byte[count];
		if (this.in.readNBytes(bytes, 0, count) < count) {
			throw endedTooEarly();
		}
		for (ByteArrayOutputStream target : targets) {
			target.write(bytes);
		}
	}

	private static EOFException endedTooEarly() {
		return new EOFException("The connection ended in the middle of a response");
	}

	public Socket socket() {
		return this.socket;
	}

	/**
	 * Ends the connection with a reset.
	 */
	public void reset() throws IOException {
		this.socket.setSoLinger(true, 0);
		this.socket.close();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
