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

package io.github.earlyresponse.web.request;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The body of a request as text, as long as that has not ended.
 */
final class GuardedReader extends BufferedReader {

	private final BufferedReader delegate;

	private final GuardedRequest request;

	GuardedReader(BufferedReader delegate, GuardedRequest request) {
		super(delegate, 1);
		this.delegate = delegate;
		this.request = request;
	}

	private BufferedReader alive(String method) {
		this.request.checkAlive(BufferedReader.class, method);
		return this.delegate;
	}

	@Override
	public int read() throws IOException {
		return alive("read").read();
	}

	@Override
	public int read(char[] characters, int offset, int length) throws IOException {
		return alive("read").read(characters, offset, length);
	}

	@Override
	public @Nullable String readLine() throws IOException {
		return alive("readLine").readLine();
	}

	@Override
	public Stream<String> lines() {
		this.request.checkAlive(BufferedReader.class, "lines");
		return super.lines();
	}

	@Override
	public long skip(long count) throws IOException {
		return alive("skip").skip(count);
	}

	@Override
	public boolean ready() throws IOException {
		return alive("ready").ready();
	}

	@Override
	public boolean markSupported() {
		return !this.request.isEnded() && this.delegate.markSupported();
	}

	@Override
	public void mark(int limit) throws IOException {
		alive("mark").mark(limit);
	}

	@Override
	public void reset() throws IOException {
		alive("reset").reset();
	}

	/**
	 * Closes the body, which the end of the request has done, too.
	 */
	@Override
	public void close() throws IOException {
		if (!this.request.isEnded()) {
			this.delegate.close();
		}
	}

}
