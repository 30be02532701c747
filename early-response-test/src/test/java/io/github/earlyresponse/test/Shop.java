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

package io.github.earlyresponse.test;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.RespondThenContinue;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * An application with one handler of each kind.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
@RestController
class Shop {

	/**
	 * What the post-phase "wait" waits for.
	 */
	private volatile CountDownLatch opening = new CountDownLatch(1);

	private volatile Thread ranOn;

	void open() {
		this.opening.countDown();
	}

	void close() {
		this.opening = new CountDownLatch(1);
	}

	Thread ranOn() {
		return this.ranOn;
	}

	@PostMapping("/orders/{item}")
	@RespondThenContinue("mail")
	String order(@PathVariable String item) {
		return "ordered";
	}

	@PostPhase("mail")
	void mail(@PathVariable String item) {
		this.ranOn = Thread.currentThread();
		if (item.equals("poison")) {
			throw new IllegalStateException("It is not sold");
		}
	}

	@PostMapping("/returns")
	@RespondThenContinue("refund")
	ResponseEntity<String> giveBack() {
		return ResponseEntity.status(HttpStatus.CONFLICT).body("too late");
	}

	@PostMapping("/broken")
	@RespondThenContinue("refund")
	String broken() {
		throw new IllegalStateException("broken");
	}

	@PostPhase("refund")
	void refund() {
	}

	@GetMapping("/wait")
	@RespondThenContinue
	String await(AfterResponse after) {
		after.run("wait", (context) -> this.opening.await());
		return "soon";
	}

	@PostMapping("/limited")
	@RespondThenContinue("limited")
	String limited() {
		return "a moment";
	}

	@PostPhase(value = "limited", timeout = "50ms")
	void untilInterrupted() throws InterruptedException {
		new CountDownLatch(1).await();
	}

	@GetMapping("/later")
	@RespondThenContinue("mail")
	Callable<String> later(String item) {
		return () -> "later";
	}

	@PostMapping("/early")
	@RespondThenContinue
	void early(EarlyResponse<String> early) {
		early.send("early");
		this.ranOn = Thread.currentThread();
	}

}
