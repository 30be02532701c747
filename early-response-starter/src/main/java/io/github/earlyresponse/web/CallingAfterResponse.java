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

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.PostPhaseTask;
import io.github.earlyresponse.call.PostPhaseMethod;
import io.github.earlyresponse.call.PostPhaseName;
import io.github.earlyresponse.call.PostPhaseRegistry;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.handler.ExplicitArguments;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Adds post-phases to the call of a handler.
 */
abstract class CallingAfterResponse implements AfterResponse {

	private final PostPhaseRegistry registry;

	CallingAfterResponse(PostPhaseRegistry registry) {
		this.registry = registry;
	}

	/**
	 * The call of the handler.
	 * @return the call
	 * @throws IllegalStateException if there is none
	 */
	abstract HandlerInvocation currentCall();

	@Override
	public final String run(String name, PostPhaseTask task) {
		PostPhaseName.check(name);
		Assert.notNull(task, "The task of a post-phase must not be null");
		return currentCall().add(name, new PostPhaseWork.Task(task));
	}

	@Override
	public final String call(String name, @Nullable Object... arguments) {
		PostPhaseMethod postPhase = this.registry.find(PostPhaseName.check(name));
		Assert.notNull(postPhase, () -> "There is no post-phase '" + name + "'. " + this.registry.remedy(name));
		HandlerInvocation call = currentCall();
		return call.add(name, ExplicitArguments.bind(postPhase, arguments, call::keep));
	}

	@Override
	public final String id(String name) {
		return currentCall().id(PostPhaseName.check(name));
	}

}
