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

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.zip.CRC32;

/**
 * A response as it came over the wire.
 *
 * @param head the status line and the headers
 * @param bodyBytes the body, its chunks put together
 * @param raw all bytes
 * @param time from the call of read to the last byte
 */
public record RawResponse(String head, byte[] bodyBytes, byte[] raw, Duration time) {

	public int status() {
		return status(this.head);
	}

	public String header(String name) {
		return header(this.head, name);
	}

	public String body() {
		return new String(this.bodyBytes, StandardCharsets.UTF_8);
	}

	/**
	 * All bytes, but for the date and times in a body.
	 */
	public String withoutDates() {
		return new String(this.raw, StandardCharsets.UTF_8).replaceAll("(?m)^Date: .*$", "Date: -")
			.replaceAll("\"timestamp\":\"[^\"]*\"", "\"timestamp\":\"-\"");
	}

	/**
	 * The head without what differs from one response to the next, and the body.
	 */
	public String content() {
		return this.head.replaceAll("(?mi)^date: .*\\R", "").replaceAll("(?i)JSESSIONID=[0-9A-Za-z.]+", "JSESSIONID=-")
				+ this.bodyBytes.length + ":" + checksum() + ":"
				+ new String(this.bodyBytes, 0, Math.min(200, this.bodyBytes.length), StandardCharsets.UTF_8);
	}

	private long checksum() {
		CRC32 checksum = new CRC32();
		checksum.update(this.bodyBytes);
		return checksum.getValue();
	}

	static int status(String head) {
		return Integer.parseInt(head.split("\\s+")[1]);
	}

	static String header(String head, String name) {
		return head.lines()
			.filter((line) -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
			.map((line) -> line.substring(name.length() + 1).trim())
			.findFirst()
			.orElse(null);
	}

}
