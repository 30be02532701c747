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
package io.github.earlyresponse.status;

import java.io.IOException;
import java.lang.reflect.Field;
import java.util.function.Consumer;

import jakarta.servlet.http.HttpServletRequest;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.RequestFacade;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Response;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.util.WebUtils;

/**
 * Closes connections of Tomcat, where a response that is completed stays open, and holds
 * up the shutdown, as long as its client does not read.
 */
final class TomcatConnections {

	private static final Log logger = LogFactory.getLog(TomcatConnections.class);

	private static final String FACADE = "org.apache.catalina.connector.RequestFacade";

	private static final String REQUEST_FIELD = "request";

	private static final boolean present = ClassUtils.isPresent(FACADE, TomcatConnections.class.getClassLoader());

	private TomcatConnections() {
	}

	/**
	 * What closes the connection of a request, or resets its stream, at once.
	 * @param request the request
	 * @return is given the cause; {@code null} if it is none of Tomcat's
	 */
	static @Nullable Consumer<IOException> abortion(HttpServletRequest request) {
		return (present) ? Tomcat.abortion(request) : null;
	}

	private static final class Tomcat {

		/** Spring's own adapter to Tomcat reads it in the same way. */
		private static final @Nullable Field requestField = requestField();

		private static @Nullable Field requestField() {
			try {
				Field field = ReflectionUtils.findField(RequestFacade.class, REQUEST_FIELD, Request.class);
				if (field != null) {
					ReflectionUtils.makeAccessible(field);
				}
				return field;
			}
			catch (RuntimeException ex) {
				logger.warn("Event streams of clients that do not read cannot be closed at once, because the request "
						+ "of Tomcat cannot be read from " + FACADE, ex);
				return null;
			}
		}

		static @Nullable Consumer<IOException> abortion(HttpServletRequest request) {
			RequestFacade facade = WebUtils.getNativeRequest(request, RequestFacade.class);
			if (requestField == null || facade == null
					|| !(ReflectionUtils.getField(requestField, facade) instanceof Request tomcatRequest)) {
				return null;
			}
			Response response = tomcatRequest.getResponse().getCoyoteResponse();
			return (cause) -> response.action(ActionCode.CLOSE_NOW, cause);
		}

	}

	/**
	 * Hints for the field of the request.
	 */
	static final class Hints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			hints.reflection().registerTypeIfPresent(classLoader, FACADE, (type) -> type.withField(REQUEST_FIELD));
		}

	}

}
