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

import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

import io.github.earlyresponse.web.response.PostPhaseAnnouncer;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.util.StringUtils;
import org.springframework.web.util.UriUtils;

/**
 * Tells a client the ids of its post-phases and where to ask for their status: one
 * {@code Post-Phase-Id} and one {@code Link} for each, and a {@code Location} for the
 * only one of a 202 that has none. What has no room in the head is counted there.
 */
public final class StatusAnnouncer implements PostPhaseAnnouncer {

	/**
	 * The header with the id of a post-phase.
	 */
	static final String POST_PHASE_ID = "Post-Phase-Id";

	/**
	 * The header with the number of those that are not told of.
	 */
	static final String POST_PHASES_OMITTED = "Post-Phases-Omitted";

	/**
	 * How many are told of. Proxies have no more than 4 KB for a head.
	 */
	private static final int AT_MOST = 16;

	/**
	 * How many bytes that may take.
	 */
	private static final int OWN_BYTES = 2048;

	/**
	 * What the container and filters may add to a head afterwards.
	 */
	private static final int RESERVE = 1024;

	/**
	 * The longest name of a user that is kept.
	 */
	private static final int LONGEST_OWNER = 1000;

	/**
	 * The part of a header beside its name and value.
	 */
	private static final int HEADER_BYTES = ": \r\n".length();

	private static final Log logger = LogFactory.getLog(StatusAnnouncer.class);

	private final String path;

	private final int headBytes;

	private final AtomicBoolean longOwner = new AtomicBoolean();

	/**
	 * Creates the announcer.
	 * @param path the path of the status resource, below the context path
	 * @param headBytes how large the container lets the head of a response become
	 */
	public StatusAnnouncer(String path, int headBytes) {
		this.path = encode(path) + "/";
		this.headBytes = headBytes;
	}

	@Override
	public Announcement prepare(HttpServletRequest request) {
		Principal principal = request.getUserPrincipal();
		return new Head(encode(request.getContextPath()) + this.path, this.headBytes - RESERVE,
				(principal != null) ? name(principal) : null);
	}

	/**
	 * Nobody is the same as a principal without a name, who is not nobody.
	 */
	private String name(Principal principal) {
		String name = Objects.requireNonNullElse(principal.getName(), "");
		if (name.length() <= LONGEST_OWNER) {
			return name;
		}
		// Its beginning may be that of another one
		if (this.longOwner.compareAndSet(false, true)) {
			logger.warn("A user has a name of " + name.length() + " characters. Those with more than " + LONGEST_OWNER
					+ " cannot see the status of their post-phases, because the name would be kept with each of them");
		}
		return "";
	}

	/**
	 * A path that stays on its host and within its header: what a proxy says of its
	 * prefix can be anything.
	 * @param path the path, with escapes or without
	 * @return the path, which begins with one slash and does not end with one, or is
	 * empty
	 */
	private static String encode(String path) {
		StringBuilder encoded = new StringBuilder();
		for (String segment : StringUtils.tokenizeToStringArray(path, "/", false, true)) {
			String name = decode(segment);
			// Of nothing but parameters would be left what begins the name of a host
			if (!name.isEmpty()) {
				encoded.append('/').append(UriUtils.encodePathSegment(name, StandardCharsets.UTF_8));
			}
		}
		return encoded.toString();
	}

	/**
	 * The segment without escapes, which are not escaped once more, and without path
	 * parameters, which belong to the request.
	 */
	private static String decode(String segment) {
		int parameters = segment.indexOf(';');
		String name = (parameters != -1) ? segment.substring(0, parameters) : segment;
		try {
			return UriUtils.decode(name, StandardCharsets.UTF_8);
		}
		catch (IllegalArgumentException ex) {
			return name;
		}
	}

	/**
	 * What the head of a response tells. Without scheme and host, which proxies know
	 * better.
	 */
	private record Head(String base, int headBytes, @Nullable String owner) implements Announcement {

		@Override
		public void announce(HttpServletResponse response, List<String> postPhases) {
			List<String> announced = List.copyOf(response.getHeaders(POST_PHASE_ID));
			boolean located = isLocated(response, announced);
			retract(response, announced, located);
			int room = Math.min(OWN_BYTES, this.headBytes - bytes(response));
			int told = 0;
			while (told < postPhases.size() && told < AT_MOST) {
				String id = postPhases.get(told);
				room -= bytes(POST_PHASE_ID, id) + bytes(HttpHeaders.LINK, link(id));
				if (room < 0) {
					break;
				}
				response.addHeader(POST_PHASE_ID, id);
				response.addHeader(HttpHeaders.LINK, link(id));
				told++;
			}
			if (told < postPhases.size()) {
				response.setHeader(POST_PHASES_OMITTED, String.valueOf(postPhases.size() - told));
			}
			else if (told == 1) {
				locate(response, uri(postPhases.get(0)), room);
			}
		}

		private static void locate(HttpServletResponse response, String uri, int room) {
			boolean accepted = response.getStatus() == HttpServletResponse.SC_ACCEPTED;
			if (accepted && !response.containsHeader(HttpHeaders.LOCATION)
					&& bytes(HttpHeaders.LOCATION, uri) <= room) {
				response.setHeader(HttpHeaders.LOCATION, uri);
			}
		}

		/**
		 * Whether the location is the one that was announced.
		 */
		private boolean isLocated(HttpServletResponse response, List<String> announced) {
			String location = response.getHeader(HttpHeaders.LOCATION);
			return location != null && announced.stream().map(this::uri).anyMatch(location::equals);
		}

		private void retract(HttpServletResponse response, List<String> announced, boolean located) {
			if (located) {
				response.setHeader(HttpHeaders.LOCATION, null);
			}
			if (response.containsHeader(POST_PHASES_OMITTED)) {
				response.setHeader(POST_PHASES_OMITTED, null);
			}
			if (!announced.isEmpty()) {
				response.setHeader(POST_PHASE_ID, null);
				Set<String> retracted = announced.stream().map(this::link).collect(Collectors.toSet());
				List<String> links = List.copyOf(response.getHeaders(HttpHeaders.LINK));
				response.setHeader(HttpHeaders.LINK, null);
				links.stream()
					.filter((link) -> !retracted.contains(link))
					.forEach((link) -> response.addHeader(HttpHeaders.LINK, link));
			}
		}

		private static int bytes(HttpServletResponse response) {
			String contentType = response.getContentType();
			int bytes = (contentType != null) ? bytes(HttpHeaders.CONTENT_TYPE, contentType) : 0;
			for (String name : response.getHeaderNames()) {
				for (String value : response.getHeaders(name)) {
					bytes += bytes(name, value);
				}
			}
			return bytes;
		}

		private static int bytes(String name, String value) {
			return name.length() + value.length() + HEADER_BYTES;
		}

		private String link(String id) {
			return "<" + uri(id) + ">; rel=\"status\"";
		}

		private String uri(String id) {
			return this.base + id;
		}

	}

}
