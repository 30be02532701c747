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
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * A way to a server that can be cut.
 */
final class CuttableConnection implements AutoCloseable {

	private final int target;

	private final ServerSocket server;

	private final List<Socket> sockets = new ArrayList<>();

	private boolean cut;

	/**
	 * Creates it.
	 * @param target the port of the server
	 */
	CuttableConnection(int target) {
		this.target = target;
		try {
			this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		start(this::accept);
	}

	int port() {
		return this.server.getLocalPort();
	}

	/**
	 * Closes all connections, and refuses others until it is repaired.
	 */
	synchronized void cut() {
		this.cut = true;
		this.sockets.forEach(CuttableConnection::close);
		this.sockets.clear();
	}

	synchronized void repair() {
		this.cut = false;
	}

	@Override
	public void close() {
		cut();
		try {
			this.server.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void accept() {
		try {
			while (true) {
				connect(this.server.accept());
			}
		}
		catch (IOException ex) {
			// It was closed
		}
	}

	private synchronized void connect(Socket client) throws IOException {
		this.sockets.add(client);
		if (this.cut) {
			close(client);
			return;
		}
		Socket server = new Socket(InetAddress.getLoopbackAddress(), this.target);
		this.sockets.add(server);
		start(() -> copy(client, server));
		start(() -> copy(server, client));
	}

	private static void copy(Socket from, Socket to) {
		try (InputStream input = from.getInputStream(); OutputStream output = to.getOutputStream()) {
			input.transferTo(output);
		}
		catch (IOException ex) {
			// It was cut
		}
		close(from);
		close(to);
	}

	private static void close(Socket socket) {
		try {
			socket.close();
		}
		catch (IOException ex) {
			// It is of no use any more
		}
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task, "cuttable-connection");
		thread.setDaemon(true);
		thread.start();
	}

}
