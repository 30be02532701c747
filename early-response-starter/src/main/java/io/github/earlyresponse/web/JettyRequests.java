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

import java.util.function.Consumer;

import jakarta.servlet.ServletRequest;
import org.eclipse.jetty.ee11.servlet.ServletApiRequest;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * What Jetty tells that the servlet specification does not: that a response is complete.
 */
final class JettyRequests {

	private static final boolean present = ClassUtils.isPresent("org.eclipse.jetty.ee11.servlet.ServletApiRequest",
			JettyRequests.class.getClassLoader());

	private JettyRequests() {
	}

	/**
	 * Has the end of a request told, if it is one of Jetty's.
	 * @param request the request
	 * @param end is given why the response could not be completed, {@code null} if it was
	 * @return whether it is one of Jetty's
	 */
	static boolean onCompletion(ServletRequest request, Consumer<@Nullable Throwable> end) {
		return present && Jetty.onCompletion(request, end);
	}

	private static final class Jetty {

		static boolean onCompletion(ServletRequest request, Consumer<@Nullable Throwable> end) {
			if (request instanceof ServletApiRequest apiRequest) {
				Request.addCompletionListener(apiRequest.getRequest(), end::accept);
				return true;
			}
			return false;
		}

	}

}
