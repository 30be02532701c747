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

package io.github.earlyresponse.benchmarks.load;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.RespondThenContinue;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * An application with a durable post-phase of many items.
 */
@EnableAutoConfiguration
@Import(CheckpointApplication.Items.class)
class CheckpointApplication {

	@Bean
	SecurityFilterChain open(HttpSecurity http) {
		return http.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll()).build();
	}

	@RestController
	static class Items {

		private final BlockingQueue<Long> taken = new LinkedBlockingQueue<>();

		@GetMapping("/items/{items}/{micros}/{checkpoints}")
		@RespondThenContinue("items")
		void accept(@PathVariable int items, @PathVariable int micros, @PathVariable boolean checkpoints) {
		}

		@PostPhase(durable = true, checkpointType = Integer.class)
		void items(int items, int micros, boolean checkpoints, PostPhaseContext context) {
			long start = System.nanoTime();
			for (int item = 1; item <= items; item++) {
				LockSupport.parkNanos(1_000L * micros);
				if (checkpoints) {
					context.checkpoint(item);
				}
			}
			this.taken.add(System.nanoTime() - start);
		}

		/**
		 * Waits until a post-phase ends.
		 * @return how many nanoseconds it has taken
		 */
		long await() throws InterruptedException {
			return this.taken.take();
		}

	}

}
