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
import java.util.function.Consumer;

import jakarta.servlet.ServletException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;

/**
 * Lets streams of events break off their response on Tomcat, where one that is completed
 * stays open, and holds up the shutdown, as long as its client does not read.
 */
public final class TomcatAbortionValve extends ValveBase {

	private final String suffix;

	/**
	 * Creates the valve.
	 * @param suffix how the paths of the requests end that it is for
	 */
	public TomcatAbortionValve(String suffix) {
		super(true);
		this.suffix = suffix;
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		// Without escapes and path parameters, as routes see it
		if (request.getDecodedRequestURI().endsWith(this.suffix)) {
			Consumer<IOException> abortion = (cause) -> response.getCoyoteResponse()
				.action(ActionCode.CLOSE_NOW, cause);
			request.setAttribute(EventStreams.ABORTION, abortion);
		}
		getNext().invoke(request, response);
	}

}
