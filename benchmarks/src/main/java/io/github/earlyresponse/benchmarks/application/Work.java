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

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

import io.github.earlyresponse.PostPhase;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.scheduling.annotation.Async;
import org.springframework.stereotype.Component;

/**
 * What is to be done after the response: waiting, for as long as the work would take.
 */
@Component
class Work {

	private final Duration duration;

	private final LongAdder done = new LongAdder();

	Work(@Value("${benchmark.work:0ms}") Duration duration) {
		this.duration = duration;
	}

	@PostPhase("work")
	void continueWith(Answer answer) throws InterruptedException {
		perform(answer);
	}

	@Async
	void start(Answer answer) throws InterruptedException {
		perform(answer);
	}

	void perform(Answer answer) throws InterruptedException {
		if (!this.duration.isZero()) {
			Thread.sleep(this.duration.toMillis());
		}
		this.done.add((answer.id() != 0) ? 1 : 0);
	}

	long done() {
		return this.done.sum();
	}

}
