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

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.util.Callback;

/**
 * A stream of an HTTP/2 connection.
 */
public final class Http2Exchange implements Stream.Listener {

	private final boolean headOnly;

	private final boolean reading;

	private final CompletableFuture<String> head = new CompletableFuture<>();

	private final CompletableFuture<RawResponse> response = new CompletableFuture<>();

	private final ByteArrayOutputStream body = new ByteArrayOutputStream();

	private final long start = System.nanoTime();

	private Stream stream;

	Http2Exchange(String method, boolean reading) {
		this.headOnly = method.equals("HEAD");
		this.reading = reading;
	}

	void start(Stream stream) {
		this.stream = stream;
	}

	/**
	 * The response, once the server has ended the stream.
	 */
	public RawResponse read() throws IOException {
		return Http2Client.await(this.response);
	}

	/**
	 * The status line and the headers, once they are here.
	 */
	public String readHead() throws IOException {
		return Http2Client.await(this.head);
	}

	/**
	 * Ends the stream with RST_STREAM.
	 */
	public void reset() throws IOException {
		Http2Client.await(this.stream.reset(new ResetFrame(this.stream.getId(), ErrorCode.CANCEL_STREAM_ERROR.code)));
	}

	@Override
	public void onHeaders(Stream stream, HeadersFrame frame) {
		StringBuilder head = new StringBuilder();
		if (frame.getMetaData() instanceof MetaData.Response answer) {
			head.append("HTTP/2 ").append(answer.getStatus()).append("\r\n");
		}
		for (HttpField field : frame.getMetaData().getHttpFields()) {
			head.append(field.getLowerCaseName()).append(": ").append(field.getValue()).append("\r\n");
		}
		this.head.complete(head.append("\r\n").toString());
		if (frame.isEndStream()) {
			end();
		}
		else if (this.reading) {
			stream.demand();
		}
	}

	@Override
	public void onDataAvailable(Stream stream) {
		while (true) {
			Stream.Data data = stream.readData();
			if (data == null) {
				stream.demand();
				return;
			}
			ByteBuffer buffer = data.frame().getByteBuffer();
			byte[] bytes = new byte[buffer.remaining()];
			buffer.get(bytes);
			this.body.writeBytes(bytes);
			data.release();
			if (data.frame().isEndStream()) {
				end();
				return;
			}
		}
	}

	@Override
	public void onReset(Stream stream, ResetFrame frame, Callback callback) {
		fail(new IOException("The server has reset the stream: " + ErrorCode.toString(frame.getError(), null)));
		callback.succeeded();
	}

	@Override
	public void onFailure(Stream stream, int error, String reason, Throwable failure, Callback callback) {
		fail(new IOException("The stream has failed: " + reason, failure));
		callback.succeeded();
	}

	@Override
	public void onClosed(Stream stream) {
		// Jetty's client takes the length of a HEAD response for that of the empty frame
		// that ends it, and objects; that there is an end is what counts here
		if (stream.isReset() && this.headOnly && this.head.isDone()) {
			end();
		}
		else if (stream.isReset()) {
			fail(new IOException("The stream was reset"));
		}
	}

	private void end() {
		byte[] bytes = this.body.toByteArray();
		this.response.complete(
				new RawResponse(this.head.join(), bytes, bytes, Duration.ofNanos(System.nanoTime() - this.start)));
	}

	private void fail(IOException failure) {
		this.head.completeExceptionally(failure);
		this.response.completeExceptionally(failure);
	}

}
