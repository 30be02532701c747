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
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import jakarta.servlet.ServletOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;

/**
 * Tests for the {@link ResponseRecorder} whose head is watched.
 */
class ResponseRecorderTests {

	private final MockHttpServletResponse response = new MockHttpServletResponse();

	private final ResponseRecorder recorder = recorder();

	private final AtomicInteger calls = new AtomicInteger();

	private final AtomicLong version = new AtomicLong();

	private ResponseRecorder recorder() {
		this.response.setBufferSize(100_000);
		return new ResponseRecorder(new MockHttpServletRequest(), this.response);
	}

	private void watch() {
		this.recorder.onHead(this.version::get, (version) -> this.calls.incrementAndGet());
	}

	@Test
	void manyTinyPiecesAreAnnouncedOnce() throws Exception {
		watch();
		ServletOutputStream out = this.recorder.getOutputStream();
		for (int i = 0; i < 90_000; i++) {
			out.write('x');
		}
		assertThat(this.calls).hasValue(1);
	}

	@Test
	void manyTinyPiecesOfAWriterAreAnnouncedOnce() throws Exception {
		watch();
		PrintWriter writer = this.recorder.getWriter();
		for (int i = 0; i < 90_000; i++) {
			writer.write('x');
		}
		assertThat(this.calls).hasValue(1);
	}

	@Test
	void whatIsNewIsAnnounced() throws Exception {
		watch();
		ServletOutputStream out = this.recorder.getOutputStream();
		out.write(new byte[50_000]);
		this.version.incrementAndGet();
		out.write('x');
		out.write('x');
		assertThat(this.calls).hasValue(2);
	}

	@Test
	void isAnnouncedAgainAfterReset() throws Exception {
		watch();
		this.recorder.getOutputStream().write(new byte[50_000]);
		this.recorder.reset();
		this.recorder.getOutputStream().write(new byte[10]);
		assertThat(this.calls).hasValue(1);
		this.recorder.flushBuffer();
		assertThat(this.calls).hasValue(2);
	}

	@Test
	void nothingIsAnnouncedOnceTheHeadIsWritten() throws Exception {
		watch();
		this.recorder.flushBuffer();
		this.version.incrementAndGet();
		this.recorder.getOutputStream().write(new byte[50_000]);
		assertThat(this.calls).hasValue(1);
	}

	@Test
	void writerThatWasThereBeforeIsWatched() throws Exception {
		PrintWriter writer = this.recorder.getWriter();
		writer.write("x".repeat(20_000));
		watch();
		writer.write("x".repeat(50_000));
		assertThat(this.calls).hasValue(1);
	}

	@Test
	void formatIsThatOfTheWriterOfTheContainer() throws Exception {
		PrintWriter ofContainer = mock(PrintWriter.class);
		MockHttpServletResponse response = new MockHttpServletResponse() {

			@Override
			public PrintWriter getWriter() {
				return ofContainer;
			}

		};
		PrintWriter writer = new ResponseRecorder(new MockHttpServletRequest(), response).getWriter();
		writer.printf("%.2f", 1.5);
		writer.printf(Locale.GERMANY, "%.2f", 1.5);
		then(ofContainer).should().format("%.2f", 1.5);
		then(ofContainer).should().format(Locale.GERMANY, "%.2f", 1.5);
	}

	@Test
	void nothingIsWrittenWhenItHasEnded() throws Exception {
		ResponseRecorder recorder = recorder();
		ServletOutputStream stream = recorder.getOutputStream();
		PrintWriter writer = new RecordingWriter(new PrintWriter(this.response.getOutputStream()), recorder);
		recorder.end();
		for (ThrowingCallable late : List.<ThrowingCallable>of(() -> stream.write(1), () -> stream.print("late"),
				() -> stream.write(ByteBuffer.allocate(1)), stream::isReady, () -> writer.write(1),
				() -> writer.println("late"), () -> writer.printf("late"), () -> writer.append('l'), writer::checkError,
				() -> recorder.setHeader("X-Late", "1"), () -> recorder.sendError(500), () -> recorder.flushBuffer(),
				() -> recorder.reset())) {
			assertThatIllegalStateException().isThrownBy(late).withMessageContaining("nothing can be added to it");
		}
		assertThat(this.response.getContentAsByteArray()).isEmpty();
	}

	@Test
	void canBeClosedWhenItHasEnded() throws Exception {
		ResponseRecorder recorder = recorder();
		ServletOutputStream stream = recorder.getOutputStream();
		PrintWriter writer = new RecordingWriter(new PrintWriter(this.response.getOutputStream()), recorder);
		recorder.end();
		stream.flush();
		stream.close();
		writer.flush();
		writer.close();
		assertThat(this.response.isCommitted()).isFalse();
	}

}
