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

package io.github.earlyresponse.benchmarks.path;

import java.util.function.Consumer;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.RespondThenContinue;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.task.TaskExecutor;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;

/**
 * Handlers that go on with nothing, with one, and with three things.
 */
@Controller
class PathController {

	private final PathWork work;

	private final PathWork.Asynchronous asynchronousWork;

	private final TaskExecutor bareExecutor;

	PathController(PathWork work, PathWork.Asynchronous asynchronousWork,
			@Qualifier("bareExecutor") TaskExecutor bareExecutor) {
		this.work = work;
		this.asynchronousWork = asynchronousWork;
		this.bareExecutor = bareExecutor;
	}

	@GetMapping("/execute")
	Integer execute(Integer number, int times) {
		for (int i = 0; i < times; i++) {
			this.bareExecutor.execute(() -> this.work.first(number));
		}
		return number;
	}

	@GetMapping("/async")
	Integer async(Integer number, int times) {
		for (int i = 0; i < times; i++) {
			this.asynchronousWork.first(number);
		}
		return number;
	}

	@GetMapping("/early-0")
	@RespondThenContinue
	Integer decide(Integer number, AfterResponse after, Consumer<AfterResponse> decision) {
		decision.accept(after);
		return number;
	}

	@GetMapping("/early-1")
	@RespondThenContinue("first")
	Integer one(Integer number) {
		return number;
	}

	@GetMapping("/early-3")
	@RespondThenContinue({ "first", "second", "third" })
	Integer three(Integer number) {
		return number;
	}

}
