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

package io.github.earlyresponse.jdbc;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Types whose values mean nothing outside their request or their process, whatever
 * Jackson makes of them. By name: not all of them are on the class path.
 */
final class UnstorableTypes {

	private static final String CONTENT = "Store the content in the handler, and pass its id or path.";

	private static final String REQUEST = "Pass the values that the post-phase needs, or declare a RequestSnapshot.";

	private static final String RESULT = "Pass the value, or work that the post-phase can do itself.";

	private static final Map<String, Reason> reasons = reasons();

	private UnstorableTypes() {
	}

	private static Map<String, Reason> reasons() {
		Map<String, Reason> reasons = new LinkedHashMap<>();
		for (String type : new String[] { "jakarta.servlet.http.Part", "org.springframework.core.io.InputStreamSource",
				"java.io.InputStream", "java.io.OutputStream", "java.io.Reader", "java.io.Writer",
				"java.nio.channels.Channel", "java.sql.Blob", "java.sql.Clob" }) {
			reasons.put(type, new Reason("an upload or stream, which ends with the request", CONTENT));
		}
		for (String type : new String[] { "jakarta.servlet.ServletRequest", "jakarta.servlet.ServletResponse",
				"jakarta.servlet.http.HttpSession", "org.springframework.web.context.request.RequestAttributes",
				"org.springframework.http.HttpMessage", "org.springframework.ui.Model",
				"org.springframework.validation.Errors", "org.springframework.web.bind.support.SessionStatus" }) {
			reasons.put(type, new Reason("part of the request, which has ended", REQUEST));
		}
		reasons.put("java.security.Principal", new Reason("an authentication, which is not stored as it is",
				"Pass its name. The security context of the post-phase has its name and authorities."));
		for (String type : new String[] { "java.util.stream.BaseStream", "java.util.Iterator",
				"java.util.concurrent.Future", "java.util.concurrent.CompletionStage", "org.reactivestreams.Publisher",
				"java.util.concurrent.Flow$Publisher" }) {
			reasons.put(type, new Reason("not a value, but the way to get one", RESULT));
		}
		reasons.put("java.lang.Throwable",
				new Reason("an exception", "Pass what the post-phase needs of it, such as its message."));
		return reasons;
	}

	/**
	 * Fails for such a type.
	 * @param type the type
	 * @param path what has it
	 */
	static void check(Class<?> type, String path) {
		Reason reason = find(type);
		if (reason != null) {
			throw new UnstorableTypeException(path + " is of type " + type.getTypeName() + ", " + reason.text(),
					reason.action());
		}
	}

	private static @Nullable Reason find(Class<?> type) {
		Reason reason = reasons.get(type.getName());
		Iterator<Class<?>> supertypes = Stream
			.concat(Stream.ofNullable(type.getSuperclass()), Stream.of(type.getInterfaces()))
			.iterator();
		while (reason == null && supertypes.hasNext()) {
			reason = find(supertypes.next());
		}
		return reason;
	}

	private record Reason(String text, String action) {

	}

}
