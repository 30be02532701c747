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
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.apache.tomcat.util.net.SocketBufferHandler;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/**
 * Tomcat's connector, which counts for each connection the bytes that the operating
 * system has taken. That is the place where every byte of a response passes, after all
 * buffers of the container.
 */
public final class CountingConnector extends Http11NioProtocol {

	private static final Map<Integer, Connection> connections = new ConcurrentHashMap<>();

	public CountingConnector() {
		super(new Endpoint());
	}

	/**
	 * The connection of the client with the given port.
	 */
	public static Connection connection(int clientPort) {
		return connections.get(clientPort);
	}

	private static final class Endpoint extends NioEndpoint {

		@Override
		protected NioChannel createChannel(SocketBufferHandler buffer) {
			return new CountingChannel(buffer);
		}

	}

	private static final class CountingChannel extends NioChannel {

		private Connection connection;

		CountingChannel(SocketBufferHandler buffer) {
			super(buffer);
		}

		@Override
		public void reset(SocketChannel channel, NioSocketWrapper wrapper) throws IOException {
			super.reset(channel, wrapper);
			this.connection = new Connection();
			connections.put(((InetSocketAddress) channel.getRemoteAddress()).getPort(), this.connection);
		}

		@Override
		public int write(ByteBuffer bytes) throws IOException {
			int count = super.write(bytes);
			this.connection.taken(count);
			return count;
		}

		@Override
		public long write(ByteBuffer[] buffers, int offset, int length) throws IOException {
			long count = super.write(buffers, offset, length);
			this.connection.taken(count);
			return count;
		}

	}

	/**
	 * A connection that was accepted.
	 */
	public static final class Connection {

		private volatile long taken;

		private synchronized void taken(long count) {
			this.taken += Math.max(count, 0);
		}

		/**
		 * How many bytes of all responses so far the operating system has taken.
		 */
		public long taken() {
			return this.taken;
		}

	}

	/**
	 * Makes it the connector.
	 */
	public static final class Customizer implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

		@Override
		public void customize(TomcatServletWebServerFactory factory) {
			factory.setProtocol(CountingConnector.class.getName());
		}

	}

}
