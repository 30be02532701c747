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

import java.util.List;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * Tells clients, in the heads of their responses, of the post-phases that follow.
 */
@FunctionalInterface
public interface PostPhaseAnnouncer {

	/**
	 * Called before the handler of a request is admitted, on the request thread and with
	 * the request as Spring MVC sees it.
	 * @param request the request
	 * @return what it needs of the request
	 */
	Announcement prepare(HttpServletRequest request);

	/**
	 * What is told the client of one request.
	 */
	interface Announcement {

		/**
		 * The user whose request it is.
		 * @return the name of the principal, {@code null} if there is none
		 */
		@Nullable String owner();

		/**
		 * Makes the head of a response tell of these post-phases and of no others. Called
		 * when the head is about to be written, perhaps more than once.
		 * @param response the response
		 * @param postPhases the ids of those that follow it, as far as can be known
		 */
		void announce(HttpServletResponse response, List<String> postPhases);

	}

}
