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

import java.io.IOException;
import java.time.Duration;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.AbstractProtocol;

import org.springframework.http.HttpHeaders;

/**
 * Responds with 503 instead of 400 to a request of which Tomcat had read no more than the
 * first line when it was paused for the shutdown: it no longer reads the headers then,
 * and misses the host. A client can repeat what gets a 503 at another node, which also
 * tells it if something is really wrong with the request.
 */
public final class PausedTomcatValve extends ValveBase {

	private final String retryAfter;

	/**
	 * Creates the valve, for the pipeline of the engine.
	 * @param retryAfter after which time the client may try again; sent in seconds,
	 * rounded up
	 */
	public PausedTomcatValve(Duration retryAfter) {
		super(true);
		this.retryAfter = Long.toString(retryAfter.plusNanos(999_999_999).toSeconds());
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		if (request.getContext() == null
				&& request.getConnector().getProtocolHandler() instanceof AbstractProtocol<?> protocol
				&& protocol.isPaused()) {
			response.setHeader(HttpHeaders.RETRY_AFTER, this.retryAfter);
			response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
		}
		getNext().invoke(request, response);
	}

}
