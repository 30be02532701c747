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

package io.github.earlyresponse.web.send;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.PostPhaseContext;
import org.jspecify.annotations.Nullable;

import org.springframework.http.ResponseEntity;
import org.springframework.util.Assert;

/**
 * The parameter of a handler where nothing is continued: what is sent goes out when the
 * handler has returned.
 */
record DisabledEarlyResponse(SentBody body) implements EarlyResponse<Object> {

	@Override
	public String id() {
		return "disabled";
	}

	@Override
	public Delivery send() {
		return send((Object) null);
	}

	@Override
	public Delivery send(ResponseEntity<?> response) {
		return send((Object) response);
	}

	@Override
	public Delivery send(@Nullable Object body) {
		this.body.checkNotSent();
		this.body.send(body);
		return Delivery.NOT_SENT;
	}

	@Override
	public PostPhaseContext context() {
		Assert.state(this.body.isSent(), "The post-phase begins when the response was sent");
		return new DisabledPostPhaseContext();
	}

}
