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

import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * {@link EndpointWebExtension @EndpointWebExtension} that answers what changes a dead
 * letter with a status.
 */
@EndpointWebExtension(endpoint = DeadLettersEndpoint.class)
public class DeadLettersEndpointWebExtension {

	private final DeadLettersEndpoint delegate;

	/**
	 * Creates the extension.
	 * @param delegate the endpoint
	 */
	public DeadLettersEndpointWebExtension(DeadLettersEndpoint delegate) {
		this.delegate = delegate;
	}

	/**
	 * Runs a dead letter again.
	 * @param id its id
	 * @return 204 if it is due now, 404 if there is no such dead letter
	 */
	@WriteOperation
	public WebEndpointResponse<Void> replay(@Selector String id) {
		return response(this.delegate.replay(id));
	}

	/**
	 * Deletes a dead letter.
	 * @param id its id
	 * @return 204 if it is deleted, 404 if there is no such dead letter
	 */
	@DeleteOperation
	public WebEndpointResponse<Void> discard(@Selector String id) {
		return response(this.delegate.discard(id));
	}

	private static WebEndpointResponse<Void> response(boolean found) {
		return new WebEndpointResponse<>(
				(found) ? WebEndpointResponse.STATUS_NO_CONTENT : WebEndpointResponse.STATUS_NOT_FOUND);
	}

}
