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

package io.github.earlyresponse.sample;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.RetryLaterException;

import org.springframework.boot.test.context.TestComponent;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Post-phases that take until the test lets them end, or are retried.
 */
@RestController
@TestComponent
public class HeldWork {

	private volatile CountDownLatch proceed = new CountDownLatch(0);

	/**
	 * Holds all that begin from now on.
	 */
	public void hold() {
		this.proceed = new CountDownLatch(1);
	}

	public void proceed() {
		this.proceed.countDown();
	}

	@PostMapping("/held")
	@RespondThenContinue
	void held(AfterResponse after) {
		after.run("held", (context) -> this.proceed.await(60, TimeUnit.SECONDS));
	}

	@PostMapping("/deferred")
	@RespondThenContinue
	void deferred(AfterResponse after) {
		after.run("deferred", (context) -> {
			if (context.attempt() == 1) {
				throw new RetryLaterException(Duration.ofMillis(1));
			}
		});
	}

}
