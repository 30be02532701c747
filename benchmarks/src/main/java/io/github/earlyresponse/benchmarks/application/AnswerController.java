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

package io.github.earlyresponse.benchmarks.application;

import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.RespondThenContinue;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The same answer, and ways to go on: not at all, on a bare executor, fire and forget,
 * after the response by hand and by annotation, and in mid-method by hand and with
 * {@link EarlyResponse}.
 */
@RestController
class AnswerController {

	private final Work work;

	private final BareExecution bareExecution;

	private final Work.Asynchronous asynchronousWork;

	private final ByHand byHand;

	AnswerController(Work work, BareExecution bareExecution, Work.Asynchronous asynchronousWork, ByHand byHand) {
		this.work = work;
		this.bareExecution = bareExecution;
		this.asynchronousWork = asynchronousWork;
		this.byHand = byHand;
	}

	@GetMapping("/plain")
	Answer plain() {
		return Answer.ACCEPTED;
	}

	@GetMapping("/execute")
	Answer execute() {
		this.bareExecution.start(Answer.ACCEPTED);
		return Answer.ACCEPTED;
	}

	@GetMapping("/async")
	Answer async() throws InterruptedException {
		this.asynchronousWork.start(Answer.ACCEPTED);
		return Answer.ACCEPTED;
	}

	@GetMapping("/by-hand")
	Answer byHand(HttpServletRequest request) {
		this.byHand.afterResponse(request, Answer.ACCEPTED);
		return Answer.ACCEPTED;
	}

	@GetMapping("/early")
	@RespondThenContinue("work")
	Answer early() {
		return Answer.ACCEPTED;
	}

	@GetMapping("/imperative-by-hand")
	Answer imperativeByHand(HttpServletRequest request) {
		return this.byHand.inMidMethod(request);
	}

	@GetMapping("/imperative")
	@RespondThenContinue
	void imperative(EarlyResponse<Answer> early) throws InterruptedException {
		early.send(Answer.ACCEPTED);
		this.work.perform(Answer.ACCEPTED);
	}

	@GetMapping("/done")
	long done() {
		return this.work.done();
	}

}
