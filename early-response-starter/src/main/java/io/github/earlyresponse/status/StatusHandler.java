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

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.StatusAccess;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.function.RequestPredicates;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * The status resource.
 */
public final class StatusHandler {

	private static final Log logger = LogFactory.getLog(StatusHandler.class);

	private static final List<HttpMethod> READ = List.of(HttpMethod.GET, HttpMethod.HEAD);

	private final StatusSettings settings;

	private final StatusStore store;

	private final StatusAccess access;

	private final EventStreams streams;

	/**
	 * Creates the handler.
	 * @param settings the settings
	 * @param store the post-phases
	 * @param access who may see them
	 * @param streams the streams of events
	 */
	public StatusHandler(StatusSettings settings, StatusStore store, StatusAccess access, EventStreams streams) {
		this.settings = settings;
		this.store = store;
		this.access = access;
		this.streams = streams;
	}

	/**
	 * The routes to this resource.
	 * @return the routes
	 */
	public RouterFunction<ServerResponse> routes() {
		String one = this.settings.path() + "/{id}";
		String events = one + "/events";
		RouterFunctions.Builder routes = RouterFunctions.route();
		for (HttpMethod method : READ) {
			routes.route(RequestPredicates.method(method).and(RequestPredicates.path(one)), this::show);
			routes.route(RequestPredicates.method(method).and(RequestPredicates.path(events)), this::events);
		}
		Set<HttpMethod> allowed = new LinkedHashSet<>(READ);
		if (this.settings.cancellation()) {
			routes.DELETE(one, this::cancel);
			allowed.add(HttpMethod.DELETE);
		}
		routes.route(RequestPredicates.path(one), (request) -> refuse(request, allowed));
		routes.route(RequestPredicates.path(events), (request) -> refuse(request, new LinkedHashSet<>(READ)));
		return routes.onError(StatusUnavailableException.class, this::unavailable).build();
	}

	private ServerResponse show(ServerRequest request) {
		PostPhaseExecution postPhase = find(request);
		return (postPhase != null) ? status(HttpStatus.OK, postPhase) : notFound();
	}

	private ServerResponse cancel(ServerRequest request) {
		PostPhaseExecution postPhase = find(request);
		if (postPhase == null) {
			return notFound();
		}
		this.store.cancel(postPhase.id(), this.settings.cancellationGrace());
		PostPhaseExecution afterwards = this.store.find(postPhase.id());
		postPhase = (afterwards != null) ? afterwards : postPhase;
		return status((postPhase instanceof FinishedPostPhase) ? HttpStatus.OK : HttpStatus.ACCEPTED, postPhase);
	}

	private ServerResponse events(ServerRequest request) {
		PostPhaseExecution postPhase = find(request);
		if (postPhase == null) {
			return notFound();
		}
		if (HttpMethod.HEAD.equals(request.method())) {
			return this.streams.head().build();
		}
		ServerResponse stream = this.streams.open(postPhase, request.messageConverters());
		return (stream != null) ? stream : problem(HttpStatus.SERVICE_UNAVAILABLE,
				"There is no capacity for further event streams at the moment.", retryAfter());
	}

	private @Nullable PostPhaseExecution find(ServerRequest request) {
		WebRequest webRequest = new ServletWebRequest(request.servletRequest());
		// Whoever is asked for takes its time for unknown ids as well
		webRequest.getUserPrincipal();
		PostPhaseExecution postPhase = this.store.find(request.pathVariable("id"));
		return (postPhase != null && this.access.permits(webRequest, postPhase)) ? postPhase : null;
	}

	private ServerResponse status(HttpStatus code, PostPhaseExecution postPhase) {
		PostPhaseStatus status = PostPhaseStatus.of(postPhase);
		ServerResponse.BodyBuilder response = ServerResponse.status(code)
			.contentType(MediaType.APPLICATION_JSON)
			.cacheControl(CacheControl.noCache().cachePrivate())
			.eTag("W/\"" + status.version() + "\"");
		if (!status.isFinished()) {
			response.header(HttpHeaders.RETRY_AFTER, retryAfter());
		}
		return response.body(status.body());
	}

	private ServerResponse unavailable(Throwable ex, ServerRequest request) {
		logger.warn("The status of a durable post-phase is not available: " + ex.getCause());
		return problem(HttpStatus.SERVICE_UNAVAILABLE, "The status is not available at the moment.", retryAfter());
	}

	private String retryAfter() {
		Duration retryAfter = this.settings.retryAfter();
		return Long.toString(retryAfter.plusNanos(999_999_999).toSeconds());
	}

	private static ServerResponse refuse(ServerRequest request, Set<HttpMethod> allowed) {
		if (HttpMethod.OPTIONS.equals(request.method())) {
			return ServerResponse.ok().allow(allowed).build();
		}
		return ServerResponse.status(HttpStatus.METHOD_NOT_ALLOWED)
			.allow(allowed)
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.body(ProblemDetail.forStatusAndDetail(HttpStatus.METHOD_NOT_ALLOWED,
					"Method '" + request.method().name() + "' is not supported."));
	}

	private static ServerResponse notFound() {
		return problem(HttpStatus.NOT_FOUND, "There is no such post-phase.", null);
	}

	private static ServerResponse problem(HttpStatus status, String detail, @Nullable String retryAfter) {
		ServerResponse.BodyBuilder response = ServerResponse.status(status)
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.cacheControl(CacheControl.noStore());
		if (retryAfter != null) {
			response.header(HttpHeaders.RETRY_AFTER, retryAfter);
		}
		return response.body(ProblemDetail.forStatusAndDetail(status, detail));
	}

}
