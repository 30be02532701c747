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
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Vector;
import java.util.function.Supplier;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.Part;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.DelegatingServletInputStream;
import org.springframework.mock.web.MockPart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.spy;
import static org.mockito.Mockito.verify;

/**
 * Tests for {@link GuardedRequest}, its body and its parts.
 */
class GuardedRequestTests {

	private final HttpServletRequest request = mock();

	private final InputStream body = spy(new ByteArrayInputStream(new byte[] { 1, 2, 3 }));

	private final BufferedReader reader = spy(new BufferedReader(new StringReader("first\nsecond\n")));

	private final GuardedRequest guarded = new GuardedRequest(this.request);

	@BeforeEach
	void prepare() throws Exception {
		given(this.request.getInputStream()).willReturn(new DelegatingServletInputStream(this.body));
		given(this.request.getReader()).willReturn(this.reader);
		given(this.request.getParts()).willReturn(List.of(new MockPart("file", "file.txt", new byte[] { 1 })));
	}

	@Test
	void nothingIsReadWhenItHasEnded() throws Exception {
		ServletInputStream stream = this.guarded.getInputStream();
		BufferedReader reader = this.guarded.getReader();
		Part part = this.guarded.getPart("file");
		InputStream content = part.getInputStream();
		this.guarded.end();
		for (ThrowingCallable late : List.<ThrowingCallable>of(stream::read, () -> stream.read(new byte[1]),
				() -> stream.read(new byte[1], 0, 1), () -> stream.read(ByteBuffer.allocate(1)),
				() -> stream.readLine(new byte[1], 0, 1), stream::readAllBytes, () -> stream.readNBytes(1),
				() -> stream.skip(1), stream::available, stream::isFinished, stream::isReady,
				() -> stream.setReadListener(null), () -> stream.mark(1), stream::reset, reader::read,
				() -> reader.read(new char[1]), reader::readLine, reader::lines, () -> reader.skip(1), reader::ready,
				() -> reader.mark(1), reader::reset, part::getInputStream, part::getName, part::getSize,
				part::getContentType, part::getSubmittedFileName, part::getHeaderNames, () -> part.getHeader("X-Part"),
				() -> part.getHeaders("X-Part"), part::delete, () -> part.write("file"), content::read,
				content::readAllBytes, () -> content.skip(1), content::available, this.guarded::getParts,
				this.guarded::getReader)) {
			assertThatIllegalStateException().isThrownBy(late).withMessageContaining("was called after the response");
		}
		assertThat(stream.markSupported()).isFalse();
		assertThat(reader.markSupported()).isFalse();
		assertThat(this.body.available()).isEqualTo(3);
		assertThat(this.reader.readLine()).isEqualTo("first");
	}

	@Test
	void canBeClosedWhenItHasEnded() throws Exception {
		ServletInputStream stream = this.guarded.getInputStream();
		BufferedReader reader = this.guarded.getReader();
		this.guarded.end();
		stream.close();
		reader.close();
		verify(this.body, never()).close();
		verify(this.reader, never()).close();
	}

	@Test
	void canBeClosedBefore() throws IOException {
		this.guarded.getInputStream().close();
		this.guarded.getReader().close();
		verify(this.body).close();
		verify(this.reader).close();
	}

	@Test
	void whatTheContainerFillsAnewIsCopiedForTheHandler() {
		Vector<String> names = new Vector<>(List.of("own"));
		Vector<Locale> locales = new Vector<>(List.of(Locale.ENGLISH));
		Map<String, String[]> parameters = new HashMap<>(Map.of("own", new String[0]));
		given(this.request.getHeaderNames()).willAnswer((call) -> names.elements());
		given(this.request.getHeaders("X-Name")).willAnswer((call) -> names.elements());
		given(this.request.getAttributeNames()).willAnswer((call) -> names.elements());
		given(this.request.getParameterNames()).willAnswer((call) -> names.elements());
		given(this.request.getLocales()).willAnswer((call) -> locales.elements());
		given(this.request.getParameterMap()).willReturn(parameters);
		this.guarded.handled();
		List<Enumeration<?>> own = List
			.<Supplier<Enumeration<?>>>of(this.guarded::getHeaderNames, () -> this.guarded.getHeaders("X-Name"),
					this.guarded::getAttributeNames, this.guarded::getParameterNames, this.guarded::getLocales)
			.stream()
			.<Enumeration<?>>map(Supplier::get)
			.toList();
		Map<String, String[]> ownParameters = this.guarded.getParameterMap();
		names.set(0, "next");
		locales.set(0, Locale.FRENCH);
		parameters.clear();
		assertThat(own).map((each) -> (Object) Collections.list(each).get(0))
			.containsExactly("own", "own", "own", "own", Locale.ENGLISH);
		assertThat(ownParameters).containsOnlyKeys("own");
	}

}
