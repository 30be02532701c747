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

import java.io.IOException;
import java.nio.ByteBuffer;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import org.jspecify.annotations.Nullable;

/**
 * Counts what is written and notes what fails, as long as the response has not ended.
 */
final class RecordingOutputStream extends ServletOutputStream {

	private final ServletOutputStream delegate;

	private final ResponseRecorder response;

	private @Nullable HeadWatch<?> head;

	private long count;

	RecordingOutputStream(ServletOutputStream delegate, ResponseRecorder response) {
		this.delegate = delegate;
		this.response = response;
	}

	/**
	 * Has it told what is about to be written.
	 */
	void watch(@Nullable HeadWatch<?> head) {
		this.head = head;
	}

	long getCount() {
		return this.count;
	}

	void resetCount() {
		this.count = 0;
	}

	@Override
	public void write(int b) throws IOException {
		beforeWrite(1);
		try {
			this.delegate.write(b);
		}
		catch (IOException ex) {
			throw failed(ex);
		}
		this.count++;
	}

	@Override
	public void write(byte[] bytes, int offset, int length) throws IOException {
		beforeWrite(length);
		try {
			this.delegate.write(bytes, offset, length);
		}
		catch (IOException ex) {
			throw failed(ex);
		}
		this.count += length;
	}

	@Override
	public void write(ByteBuffer buffer) throws IOException {
		int length = buffer.remaining();
		beforeWrite(length);
		try {
			this.delegate.write(buffer);
		}
		catch (IOException ex) {
			throw failed(ex);
		}
		this.count += length - buffer.remaining();
	}

	/**
	 * Flushes what was written. When the response has ended there is nothing left, as
	 * what is too late was refused.
	 */
	@Override
	public void flush() throws IOException {
		if (this.response.isEnded()) {
			return;
		}
		beforeHead();
		try {
			this.delegate.flush();
		}
		catch (IOException ex) {
			throw failed(ex);
		}
	}

	@Override
	public void close() throws IOException {
		if (this.response.isEnded()) {
			return;
		}
		beforeHead();
		try {
			this.delegate.close();
		}
		catch (IOException ex) {
			throw failed(ex);
		}
	}

	@Override
	public boolean isReady() {
		this.response.checkAlive(ServletOutputStream.class, "isReady");
		return this.delegate.isReady();
	}

	@Override
	public void setWriteListener(WriteListener listener) {
		this.response.checkAlive(ServletOutputStream.class, "setWriteListener");
		this.delegate.setWriteListener(listener);
	}

	private void beforeWrite(long length) {
		this.response.checkAlive(ServletOutputStream.class, "write");
		HeadWatch<?> head = this.head;
		if (head != null) {
			head.beforeWrite(length);
		}
	}

	private void beforeHead() {
		HeadWatch<?> head = this.head;
		if (head != null) {
			head.now();
		}
	}

	private IOException failed(IOException failure) {
		this.response.failed(failure);
		return failure;
	}

}
