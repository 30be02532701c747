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

import io.github.earlyresponse.call.PostPhaseRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * The parameter of a handler, made before the handler is admitted and bound to its call
 * then.
 */
final class BoundAfterResponse extends CallingAfterResponse {

	private volatile @Nullable HandlerInvocation call;

	BoundAfterResponse(PostPhaseRegistry registry) {
		super(registry);
	}

	void bind(HandlerInvocation call) {
		this.call = call;
	}

	/**
	 * The call that the parameter is bound to, {@code null} if there is none.
	 */
	@Nullable HandlerInvocation call() {
		return this.call;
	}

	@Override
	HandlerInvocation currentCall() {
		HandlerInvocation call = this.call;
		Assert.state(call != null,
				"The handler was not called by a dispatch of Spring MVC on the thread of its request. An advice around it "
						+ "must call it on that thread.");
		return call;
	}

}
