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

package io.github.earlyresponse.actuate;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.RespondThenContinue;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * A controller whose post-phases wait until they are let go.
 */
@RestController
class ActuatorShop {

	private final Semaphore permits = new Semaphore(0);

	void letGo(int postPhases) {
		this.permits.release(postPhases);
	}

	@GetMapping("/pack")
	@RespondThenContinue("pack")
	String pack() {
		return "packing";
	}

	@PostPhase("pack")
	void continuePack() throws InterruptedException {
		this.permits.acquire();
	}

	@GetMapping("/pack-and-fail")
	@RespondThenContinue({ "pack", "fail" })
	String packAndFail() {
		return "packing";
	}

	@GetMapping("/fail")
	@RespondThenContinue("fail")
	String fail(String secret) {
		return "failing";
	}

	@PostPhase("fail")
	void continueFail() {
		throw new IllegalStateException("no paper");
	}

	@GetMapping("/hang")
	@RespondThenContinue("hang")
	String hang() {
		return "hanging";
	}

	@PostPhase(value = "hang", timeout = "20ms")
	void continueHang() throws InterruptedException {
		new CountDownLatch(1).await();
	}

}
