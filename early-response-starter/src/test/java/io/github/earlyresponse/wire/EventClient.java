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

package io.github.earlyresponse.wire;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Watches the events of a post-phase.
 */
final class EventClient implements AutoCloseable {

	private final Socket socket = new Socket();

	private BufferedReader reader;

	private String head = "";

	EventClient(int port, int receiveBuffer) throws IOException {
		if (receiveBuffer > 0) {
			this.socket.setReceiveBufferSize(receiveBuffer);
		}
		this.socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
		this.socket.setSoTimeout(20_000);
	}

	/**
	 * Asks for the events and reads nothing.
	 */
	static EventClient ask(int port, String location, int receiveBuffer, String... headers) throws IOException {
		return askAt(port, location + "/events", receiveBuffer, headers);
	}

	/**
	 * Asks for the events by their own path and reads nothing.
	 */
	static EventClient askAt(int port, String path, int receiveBuffer, String... headers) throws IOException {
		EventClient client = new EventClient(port, receiveBuffer);
		StringBuilder request = new StringBuilder(
				"GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n");
		for (String header : headers) {
			request.append(header).append("\r\n");
		}
		client.socket.getOutputStream().write(request.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
		return client;
	}

	/**
	 * Asks for the events and reads the head of the response.
	 */
	static EventClient open(int port, String location, String... headers) throws IOException {
		EventClient client = ask(port, location, 0, headers);
		client.readHead();
		return client;
	}

	void readHead() throws IOException {
		this.reader = new BufferedReader(new InputStreamReader(this.socket.getInputStream(), StandardCharsets.UTF_8));
		StringBuilder head = new StringBuilder();
		for (String line = this.reader.readLine(); line != null && !line.isEmpty(); line = this.reader.readLine()) {
			head.append(line).append('\n');
		}
		this.head = head.toString();
	}

	String head() {
		return this.head;
	}

	/**
	 * The fields of the next event, without comments; {@code null} at the end of the
	 * response or of the connection.
	 */
	Map<String, String> next() throws IOException {
		Map<String, String> event = new LinkedHashMap<>();
		for (String line = this.reader.readLine(); line != null; line = this.reader.readLine()) {
			if (line.equals("0")) {
				return null;
			}
			if (line.isEmpty() && event.containsKey("data")) {
				return event;
			}
			int colon = line.indexOf(": ");
			if (colon > 0) {
				event.merge(line.substring(0, colon), line.substring(colon + 2), (first, more) -> first + more);
			}
		}
		return null;
	}

	/**
	 * Whether a comment comes next.
	 */
	boolean isComment() throws IOException {
		String line = this.reader.readLine();
		while (line != null && !line.startsWith(":")) {
			if (line.startsWith("data")) {
				return false;
			}
			line = this.reader.readLine();
		}
		return line != null;
	}

	Socket socket() {
		return this.socket;
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
