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

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;

/**
 * Many connections that do nothing, in a process of their own because of the limit of
 * open files. Ends with its input.
 */
public final class IdleClients {

	static final String IDLE = "all idle";

	static final String ANSWERED = "answered ";

	private static final String REQUEST = "GET /get?name=idle HTTP/1.1\r\nHost: localhost\r\n\r\n";

	private IdleClients() {
	}

	/**
	 * Opens connections on which nothing, a part of a request or a whole one is sent,
	 * waits for a line, then lets each of them get a response.
	 * @param arguments the port and the number of connections
	 */
	public static void main(String[] arguments) throws IOException {
		int port = Integer.parseInt(arguments[0]);
		int count = Integer.parseInt(arguments[1]);
		List<RawHttpClient> clients = new ArrayList<>(count);
		for (int i = 0; i < count; i++) {
			RawHttpClient client = new RawHttpClient(port);
			clients.add(client);
			client.sendRaw(beginning(i));
			if (i % 3 == 2) {
				check(client.read("GET"));
			}
		}
		System.out.println(IDLE);
		if (System.in.read() == -1) {
			return;
		}
		for (int i = 0; i < count; i++) {
			RawHttpClient client = clients.get(i);
			client.sendRaw((i % 3 == 1) ? REQUEST.substring(beginning(i).length()) : REQUEST);
			check(client.read("GET"));
		}
		System.out.println(ANSWERED + count);
	}

	private static String beginning(int number) {
		return switch (number % 3) {
			case 0 -> "";
			case 1 -> REQUEST.substring(0, REQUEST.length() / 2);
			default -> REQUEST;
		};
	}

	private static void check(RawResponse response) {
		if (response.status() != 200) {
			throw new IllegalStateException(response.head());
		}
	}

}
