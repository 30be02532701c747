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

import java.security.Principal;
import java.util.List;
import java.util.Objects;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.response.PostPhaseAnnouncer;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * Tells a client the ids of its post-phases and where to ask for their status: one
 * {@code Post-Phase-Id} and one {@code Link} for each, and a {@code Location} for the
 * only one of a 202 that has none.
 */
public final class StatusAnnouncer implements PostPhaseAnnouncer {

	/**
	 * The header with the id of a post-phase.
	 */
	static final String POST_PHASE_ID = "Post-Phase-Id";

	private final String path;

	/**
	 * Creates the announcer.
	 * @param path the path of the status resource, below the context path
	 */
	public StatusAnnouncer(String path) {
		this.path = path;
	}

	@Override
	public Announcement prepare(HttpServletRequest request) {
		Principal principal = request.getUserPrincipal();
		return new Head(request.getContextPath() + this.path + "/", (principal != null) ? name(principal) : null);
	}

	/**
	 * Nobody is the same as a principal without a name, who is not nobody.
	 */
	private static String name(Principal principal) {
		return Objects.requireNonNullElse(principal.getName(), "");
	}

	/**
	 * What the head of a response tells. Without scheme and host, which proxies know
	 * better.
	 */
	private record Head(String base, @Nullable String owner) implements Announcement {

		@Override
		public void announce(HttpServletResponse response, List<PostPhaseExecution> postPhases) {
			List<String> ids = postPhases.stream().map(PostPhaseExecution::id).toList();
			List<String> announced = List.copyOf(response.getHeaders(POST_PHASE_ID));
			if (!announced.equals(ids)) {
				announced.forEach((id) -> retract(response, id));
				response.setHeader(POST_PHASE_ID, null);
				ids.forEach((id) -> announce(response, id));
			}
			locate(response, announced, ids);
		}

		private void locate(HttpServletResponse response, List<String> announced, List<String> ids) {
			String location = response.getHeader(HttpHeaders.LOCATION);
			if (location != null && announced.stream().map(this::uri).noneMatch(location::equals)) {
				return;
			}
			boolean accepted = response.getStatus() == HttpServletResponse.SC_ACCEPTED;
			String wanted = (accepted && ids.size() == 1) ? uri(ids.get(0)) : null;
			if (!Objects.equals(location, wanted)) {
				response.setHeader(HttpHeaders.LOCATION, wanted);
			}
		}

		private void announce(HttpServletResponse response, String id) {
			response.addHeader(POST_PHASE_ID, id);
			response.addHeader(HttpHeaders.LINK, link(id));
		}

		private void retract(HttpServletResponse response, String id) {
			List<String> links = List.copyOf(response.getHeaders(HttpHeaders.LINK));
			response.setHeader(HttpHeaders.LINK, null);
			links.stream()
				.filter((link) -> !link.equals(link(id)))
				.forEach((link) -> response.addHeader(HttpHeaders.LINK, link));
		}

		private String link(String id) {
			return "<" + uri(id) + ">; rel=\"status\"";
		}

		private String uri(String id) {
			return this.base + id;
		}

	}

}
