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

package io.github.earlyresponse.web.response;

import java.io.PrintWriter;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * The writer of the container, each call announced to whoever watches by then, as long as
 * the response has not ended.
 */
final class RecordingWriter extends PrintWriter {

	private static final int BYTES_PER_CHARACTER = 3;

	private final PrintWriter delegate;

	private final ResponseRecorder response;

	/**
	 * Creates the writer.
	 * @param delegate the writer of the container
	 * @param response the response, asked each time for who watches: a handler may get
	 * its writer before it is known whether anybody does
	 */
	RecordingWriter(PrintWriter delegate, ResponseRecorder response) {
		super(delegate);
		this.delegate = delegate;
		this.response = response;
	}

	private PrintWriter beforeWrite(long characters) {
		this.response.checkAlive(PrintWriter.class, "write");
		HeadWatch<?> head = this.response.head();
		if (head != null) {
			head.beforeWrite(characters * BYTES_PER_CHARACTER);
		}
		return this.delegate;
	}

	private PrintWriter beforeHead() {
		HeadWatch<?> head = this.response.head();
		if (head != null) {
			head.now();
		}
		return this.delegate;
	}

	@Override
	public void write(int character) {
		beforeWrite(1).write(character);
	}

	@Override
	public void write(char[] characters, int offset, int length) {
		beforeWrite(length).write(characters, offset, length);
	}

	@Override
	public void write(String text, int offset, int length) {
		beforeWrite(length).write(text, offset, length);
	}

	@Override
	public void println() {
		beforeWrite(2).println();
	}

	private PrintWriter beforeFormat() {
		this.response.checkAlive(PrintWriter.class, "format");
		return beforeHead();
	}

	@Override
	public PrintWriter format(String format, @Nullable Object... arguments) {
		beforeFormat().format(format, arguments);
		return this;
	}

	@Override
	public PrintWriter format(@Nullable Locale locale, String format, @Nullable Object... arguments) {
		beforeFormat().format(locale, format, arguments);
		return this;
	}

	/**
	 * Flushes what was written. When the response has ended there is nothing left, as
	 * what is too late was refused.
	 */
	@Override
	public void flush() {
		if (!this.response.isEnded()) {
			beforeHead().flush();
		}
	}

	@Override
	public void close() {
		if (!this.response.isEnded()) {
			beforeHead().close();
		}
	}

	@Override
	public boolean checkError() {
		this.response.checkAlive(PrintWriter.class, "checkError");
		return beforeHead().checkError();
	}

}
