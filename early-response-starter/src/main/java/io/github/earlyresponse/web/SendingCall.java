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

import io.github.earlyresponse.handler.EarlyResult;
import io.github.earlyresponse.web.send.BoundEarlyResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * The call of a handler that sends its response in mid-method.
 *
 * @param invocation the call
 */
record SendingCall(HandlerInvocation invocation) implements BoundEarlyResponse.Call {

	@Override
	public String id() {
		return this.invocation.remainderId();
	}

	@Override
	public void beforeSend(@Nullable Object body) {
		Assert.state(!EarlyResult.isAsync(body), "What is asynchronous or a stream cannot be sent; return it");
		this.invocation.sent(body);
	}

}
