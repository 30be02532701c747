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

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;

/**
 * Ends what is still open when the container is done with the request: a response that
 * the container held back, an error response without an error dispatch, an asynchronous
 * request that ended without one.
 * <p>
 * Tomcat tells the end of a request once, when it is done with it. Jetty tells the end of
 * each single dispatch, which is of no use here, but has a listener of its own for the
 * end of the response.
 */
public final class ExchangeListener implements ServletRequestListener {

	@Override
	public void requestInitialized(ServletRequestEvent event) {
		ServletRequest request = event.getServletRequest();
		if (Exchange.of(request) == null) {
			Exchange exchange = Exchange.obtain(request);
			if (JettyRequests.onCompletion(request, exchange::completed)) {
				exchange.expectCompletion();
			}
			else {
				exchange.expectEnd();
			}
		}
	}

	@Override
	public void requestDestroyed(ServletRequestEvent event) {
		Exchange exchange = Exchange.of(event.getServletRequest());
		if (exchange != null) {
			exchange.end();
		}
	}

}
