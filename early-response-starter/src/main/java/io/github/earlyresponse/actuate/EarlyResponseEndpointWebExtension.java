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

package io.github.earlyresponse.actuate;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;

/**
 * {@link EndpointWebExtension @EndpointWebExtension} with the status codes of HTTP.
 */
@EndpointWebExtension(endpoint = EarlyResponseEndpoint.class)
public class EarlyResponseEndpointWebExtension {

	private final EarlyResponseEndpoint delegate;

	/**
	 * Creates the extension.
	 * @param delegate the endpoint
	 */
	public EarlyResponseEndpointWebExtension(EarlyResponseEndpoint delegate) {
		this.delegate = delegate;
	}

	/**
	 * Shows one post-phase.
	 * @param id its id
	 * @return the post-phase; 404 with the reason if there is none with that id
	 */
	@ReadOperation
	public WebEndpointResponse<Object> postPhase(@Selector String id) {
		OperationResponseBody found = this.delegate.postPhase(id);
		return (found != null) ? new WebEndpointResponse<>(found)
				: new WebEndpointResponse<>(
						ProblemDetail.forStatusAndDetail(HttpStatus.NOT_FOUND,
								"No post-phase with the id " + id + " is in flight on this node or stored. Those in "
										+ "memory are known only to the node that has accepted them."),
						WebEndpointResponse.STATUS_NOT_FOUND);
	}

	/**
	 * Cancels a post-phase.
	 * @param id its id
	 * @return 204 if it was cancelled; 404 if it is unknown, has ended, or is already
	 * being stopped on this node
	 */
	@DeleteOperation
	public WebEndpointResponse<Void> cancel(@Selector String id) {
		boolean cancelled = this.delegate.cancel(id);
		return new WebEndpointResponse<>(
				(cancelled) ? WebEndpointResponse.STATUS_NO_CONTENT : WebEndpointResponse.STATUS_NOT_FOUND);
	}

}
