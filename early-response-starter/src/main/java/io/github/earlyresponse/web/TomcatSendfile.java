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

package io.github.earlyresponse.web;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

import io.github.earlyresponse.web.response.ResponseRecorder;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.util.StreamUtils;

/**
 * A file that a handler wants Tomcat to send by itself, by attributes of the request.
 * Tomcat would do that after everything that it tells, so that nobody could know when the
 * response is complete. Hence the file is written here.
 */
final class TomcatSendfile {

	private static final String FILENAME = "org.apache.tomcat.sendfile.filename";

	private static final String START = "org.apache.tomcat.sendfile.start";

	private static final String END = "org.apache.tomcat.sendfile.end";

	private static final String SUPPORTED = "org.apache.tomcat.sendfile.support";

	private TomcatSendfile() {
	}

	/**
	 * Writes the file, if there is one. When the head is out that is no longer possible.
	 * @throws IOException if the file cannot be read
	 */
	static void replace(HttpServletRequest request, ResponseRecorder recorder) throws IOException {
		if (!(request.getAttribute(FILENAME) instanceof String file)
				|| !Boolean.TRUE.equals(request.getAttribute(SUPPORTED)) || recorder.isErrorSent()) {
			return;
		}
		if (recorder.isCommitted() || !(request.getAttribute(START) instanceof Long start)
				|| !(request.getAttribute(END) instanceof Long end)) {
			recorder.completion().finishedByContainer();
			return;
		}
		request.removeAttribute(FILENAME);
		write(Path.of(file), start, end, recorder);
	}

	private static void write(Path file, long start, long end, ResponseRecorder recorder) throws IOException {
		if (Files.size(file) < end) {
			throw new EOFException(file + " is shorter than the " + end + " bytes up to which it is to be sent");
		}
		if (start >= end) {
			return;
		}
		try (InputStream content = Files.newInputStream(file)) {
			StreamUtils.copyRange(content, recorder.getOutputStream(), start, end - 1);
		}
		catch (IOException ex) {
			if (!recorder.isAborted()) {
				throw ex;
			}
		}
	}

}
