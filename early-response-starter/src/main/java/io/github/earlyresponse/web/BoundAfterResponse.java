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
import io.github.earlyresponse.engine.PostPhaseMethod;
import io.github.earlyresponse.engine.PostPhaseName;
import io.github.earlyresponse.engine.PostPhaseRegistry;
import io.github.earlyresponse.engine.PostPhaseWork;
import io.github.earlyresponse.handler.ExplicitArguments;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * The parameter of a handler, made before the handler is admitted and bound to its call
 * then.
 */
final class BoundAfterResponse implements AfterResponse {

	private final PostPhaseRegistry registry;

	private volatile @Nullable HandlerInvocation invocation;

	BoundAfterResponse(PostPhaseRegistry registry) {
		this.registry = registry;
	}

	void bind(HandlerInvocation invocation) {
		this.invocation = invocation;
	}

	@Override
	public String run(String name, PostPhaseTask task) {
		PostPhaseName.check(name);
		Assert.notNull(task, "The task of a post-phase must not be null");
		return invocation().add(name, new PostPhaseWork.Task(task));
	}

	@Override
	public String call(String name, @Nullable Object... arguments) {
		PostPhaseMethod postPhase = this.registry.find(PostPhaseName.check(name));
		Assert.notNull(postPhase, () -> "There is no post-phase '" + name + "'. " + this.registry.remedy(name));
		HandlerInvocation invocation = invocation();
		return invocation.add(name, ExplicitArguments.bind(postPhase, arguments, invocation::keep));
	}

	private HandlerInvocation invocation() {
		HandlerInvocation invocation = this.invocation;
		Assert.state(invocation != null, "The handler was not called by a dispatch of Spring MVC");
		return invocation;
	}

}
