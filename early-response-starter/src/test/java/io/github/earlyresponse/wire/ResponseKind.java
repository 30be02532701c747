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

package io.github.earlyresponse.wire;

/**
 * The rows of {@link ResponseMatrixTests}: requests to {@link ResponseController}.
 */
enum ResponseKind {

	EMPTY("/empty"),

	TEXT("/text"),

	JSON_100_B("/json?size=100"),

	JSON_20_KB("/json?size=20000"),

	JSON_1_MB("/json?size=1000000"),

	BYTES_1_MB("/bytes?size=1000000"),

	ENTITY("/entity?size=100"),

	ENTITY_20_KB("/entity?size=20000"),

	ENTITY_1_MB("/entity?size=1000000"),

	ENTITY_EMPTY("/entity-empty"),

	CREATED("/created"),

	NO_CONTENT("/no-content"),

	NOT_MODIFIED("/not-modified"),

	REDIRECT_VIEW("/redirect-view"),

	SEND_REDIRECT("/send-redirect"),

	VIEW("/view"),

	DOWNLOAD("/download"),

	DOWNLOAD_RANGE("/download", "Range: bytes=10-19"),

	WRITER("/writer?size=100"),

	WRITER_20_KB("/writer?size=20000"),

	OUTPUT_STREAM("/output-stream?size=20000"),

	OUTPUT_STREAM_FLUSHED("/output-stream-flushed"),

	FORWARD("/forward?size=100"),

	FORWARD_20_KB("/forward?size=20000"),

	FORWARD_TEXT("/forward-text"),

	INCLUDE("/include?size=100"),

	STREAM("/stream?size=100"),

	STREAM_1_MB("/stream?size=1000000"),

	EVENTS("/events"),

	FUTURE("/future?size=100"),

	CALLABLE("/callable?size=100"),

	CALLABLE_20_KB("/callable?size=20000"),

	DEFERRED("/deferred?size=100"),

	MONO("/mono?size=100"),

	REDIRECT_LATER("/redirect-later"),

	FORWARD_LATER("/forward-later?size=100"),

	FORWARD_LATER_20_KB("/forward-later?size=20000"),

	SESSION("/session"),

	GZIP_TOO_SMALL("/json?size=100", "Accept-Encoding: gzip"),

	GZIP("/json?size=20000", "Accept-Encoding: gzip"),

	GZIP_ENTITY("/entity?size=20000", "Accept-Encoding: gzip"),

	GZIP_STREAM("/stream?size=20000", "Accept-Encoding: gzip"),

	ETAG("/json?size=100&filter=etag"),

	ETAG_ENTITY_20_KB("/entity?size=20000&filter=etag"),

	ETAG_NOT_MODIFIED("/text?filter=etag", "If-None-Match: *"),

	ETAG_FORWARD("/forward?size=100&filter=etag"),

	ETAG_REDIRECT("/redirect-view?filter=etag"),

	ETAG_CALLABLE("/callable?size=100&filter=etag"),

	CACHING_FILTER("/json?size=100&filter=cache"),

	CACHING_FILTER_20_KB("/entity?size=20000&filter=cache"),

	CACHING_FILTER_WRITER("/writer?size=100&filter=cache"),

	CACHING_FILTER_FORWARD("/forward?size=100&filter=cache"),

	CACHING_FILTER_REDIRECT("/redirect-view?filter=cache"),

	SENT_TEXT(TEXT, "/send-text"),

	SENT(JSON_100_B, "/send?size=100"),

	SENT_20_KB(JSON_20_KB, "/send?size=20000"),

	SENT_1_MB(JSON_1_MB, "/send?size=1000000"),

	SENT_ENTITY(ENTITY, "/send-entity?size=100"),

	SENT_CREATED(CREATED, "/send-created"),

	SENT_NO_CONTENT(NO_CONTENT, "/send-no-content"),

	SENT_NOT_MODIFIED(NOT_MODIFIED, "/send-not-modified"),

	SENT_DOWNLOAD(DOWNLOAD, "/send-download"),

	SENT_DOWNLOAD_RANGE(DOWNLOAD_RANGE, "/send-download"),

	SENT_GZIP(GZIP, "/send?size=20000"),

	SENT_GZIP_ENTITY(GZIP_ENTITY, "/send-entity?size=20000"),

	SENT_ETAG(ETAG, "/send?size=100&filter=etag"),

	SENT_CACHING_FILTER(CACHING_FILTER_20_KB, "/send-entity?size=20000&filter=cache"),

	SENT_FORWARDED(FORWARD, "/forward-to-send?size=100");

	private final ResponseKind expected;

	private final String path;

	private final String[] headers;

	ResponseKind(String path, String... headers) {
		this.expected = this;
		this.path = path;
		this.headers = headers;
	}

	/**
	 * Creates a kind that is the same response as another one, sent in mid-method.
	 */
	ResponseKind(ResponseKind expected, String path) {
		this.expected = expected;
		this.path = path;
		this.headers = expected.headers;
	}

	ResponseKind expected() {
		return this.expected;
	}

	String path() {
		return this.path;
	}

	String[] headers() {
		return this.headers;
	}

}
