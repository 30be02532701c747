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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpScheme;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * An HTTP/2 connection that sees the frames.
 */
public final class Http2Client implements AutoCloseable {

	private static final HTTP2Client client = new HTTP2Client(connector());

	private static final SslContextFactory.Client trustAll = new SslContextFactory.Client(true);

	static {
		try {
			trustAll.setEndpointIdentificationAlgorithm(null);
			trustAll.start();
			// Smaller than a large response, so that it needs more than one
			client.setInitialStreamRecvWindow(256 * 1024);
			client.start();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private final Session session;

	private final HttpScheme scheme;

	/**
	 * Connects to a port of this machine.
	 * @param secure whether with TLS, where HTTP/2 is negotiated, or in clear text, where
	 * it is presumed
	 */
	public Http2Client(int port, boolean secure) throws IOException {
		InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
		Session.Listener listener = new Session.Listener() {
		};
		this.session = await(
				(secure) ? client.connect(trustAll, address, listener) : client.connect(address, listener));
		this.scheme = (secure) ? HttpScheme.HTTPS : HttpScheme.HTTP;
	}

	private static ClientConnector connector() {
		QueuedThreadPool threads = new QueuedThreadPool(20);
		threads.setName("http2-client");
		threads.setDaemon(true);
		ClientConnector connector = new ClientConnector();
		connector.setExecutor(threads);
		return connector;
	}

	/**
	 * Sends a request without a body.
	 */
	public Http2Exchange send(String method, String path, String... headers) throws IOException {
		return send(new Http2Exchange(method, true), method, path, new byte[0], headers);
	}

	/**
	 * Sends a request with a body.
	 */
	public Http2Exchange send(String method, String path, byte[] body, String... headers) throws IOException {
		return send(new Http2Exchange(method, true), method, path, body, headers);
	}

	/**
	 * Sends a request without a body, and reads no more of the response than its headers,
	 * so that the server has to wait as soon as the window is full.
	 */
	public Http2Exchange sendAndHesitate(String method, String path) throws IOException {
		return send(new Http2Exchange(method, false), method, path, new byte[0]);
	}

	private Http2Exchange send(Http2Exchange exchange, String method, String path, byte[] body, String... headers)
			throws IOException {
		HttpFields.Mutable fields = HttpFields.build();
		for (String header : headers) {
			fields.add(header.substring(0, header.indexOf(':')), header.substring(header.indexOf(':') + 1).trim());
		}
		HttpURI uri = HttpURI.from(this.scheme + "://localhost" + path);
		MetaData.Request request = new MetaData.Request(method, uri, HttpVersion.HTTP_2, fields);
		Stream stream = await(this.session.newStream(new HeadersFrame(request, null, body.length == 0), exchange));
		exchange.start(stream);
		if (body.length > 0) {
			// The server may reset the stream when it needs no body
			stream.data(new DataFrame(stream.getId(), ByteBuffer.wrap(body), true));
		}
		return exchange;
	}

	static <T> T await(CompletableFuture<T> future) throws IOException {
		try {
			return future.get(20, TimeUnit.SECONDS);
		}
		catch (ExecutionException | TimeoutException | InterruptedException ex) {
			throw new IOException(ex);
		}
	}

	@Override
	public void close() {
		this.session.close(ErrorCode.NO_ERROR.code, null, Callback.NOOP);
	}

}
