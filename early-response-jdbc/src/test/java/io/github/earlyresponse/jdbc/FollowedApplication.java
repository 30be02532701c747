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

package io.github.earlyresponse.jdbc;

import java.security.Principal;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseListener;
import io.github.earlyresponse.PostPhaseResult;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.Retry;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * One of several nodes, with post-phases that clients follow.
 */
@TestApplication
class FollowedApplication {

	/**
	 * The name of the user is that of a header.
	 */
	@Bean
	FilterRegistrationBean<Filter> users() {
		return new FilterRegistrationBean<>(
				(request, response, chain) -> chain.doFilter(new WithUser((HttpServletRequest) request), response));
	}

	@Bean
	Script script() {
		return new Script();
	}

	@Bean
	Outcomes outcomes() {
		return new Outcomes();
	}

	@RestController
	static class Handlers {

		@PostMapping("/job/{item}")
		@RespondThenContinue("job")
		ResponseEntity<String> work(@PathVariable String item) {
			return ResponseEntity.accepted().body(item);
		}

		@PostMapping("/patient/{item}")
		@RespondThenContinue("patient")
		ResponseEntity<String> patient(@PathVariable String item) {
			return ResponseEntity.accepted().body(item);
		}

		@PostMapping("/once/{item}")
		@RespondThenContinue("once")
		ResponseEntity<String> once(@PathVariable String item) {
			return ResponseEntity.accepted().body(item);
		}

		@PostMapping("/in-memory/{item}")
		@RespondThenContinue("in-memory")
		ResponseEntity<String> inMemory(@PathVariable String item) {
			return ResponseEntity.accepted().body(item);
		}

	}

	@Component
	static class Work {

		private final Script script;

		private final JdbcClient jdbc;

		Work(Script script, JdbcClient jdbc) {
			this.script = script;
			this.jdbc = jdbc;
		}

		@PostPhase(value = "job", durable = true, aliases = "labour", retry = @Retry(maxRetries = 0))
		void work(String item, PostPhaseContext context) throws Exception {
			this.script.run(context);
		}

		@PostPhase(value = "patient", durable = true, retry = @Retry(maxRetries = 5, delay = "1h"))
		void patient(String item, PostPhaseContext context) throws Exception {
			this.script.run(context);
		}

		@Transactional
		@PostPhase(value = "once", durable = true)
		void once(String item, PostPhaseContext context) throws Exception {
			this.script.run(context);
		}

		@PostPhase("in-memory")
		void inMemory(String item, PostPhaseContext context) throws Exception {
			this.script.run(context);
		}

	}

	/**
	 * What the post-phases of a node do, step by step.
	 */
	static class Script {

		private final Queue<String> items = new ConcurrentLinkedQueue<>();

		private final LinkedBlockingQueue<Step> steps = new LinkedBlockingQueue<>();

		private final AtomicInteger running = new AtomicInteger();

		void add(Step step) {
			this.steps.add(step);
		}

		int running() {
			return this.running.get();
		}

		void run(PostPhaseContext context) throws Exception {
			this.items.add(context.id());
			this.running.incrementAndGet();
			try {
				Step step;
				do {
					step = this.steps.take();
					step.run(context);
				}
				while (!step.isLast());
			}
			finally {
				this.running.decrementAndGet();
			}
		}

	}

	/**
	 * A step of a post-phase.
	 */
	interface Step {

		void run(PostPhaseContext context) throws Exception;

		default boolean isLast() {
			return false;
		}

		static Step progress(int done) {
			return (context) -> context.progress(done, 10, "step " + done);
		}

		static Step fail() {
			return (context) -> {
				throw new IllegalStateException("wanted");
			};
		}

		static Step end() {
			return new Step() {

				@Override
				public void run(PostPhaseContext context) {
				}

				@Override
				public boolean isLast() {
					return true;
				}

			};
		}

	}

	/**
	 * How post-phases have ended on a node.
	 */
	static class Outcomes implements PostPhaseListener {

		final Queue<String> outcomes = new ConcurrentLinkedQueue<>();

		final AtomicInteger accepted = new AtomicInteger();

		final AtomicInteger takenOver = new AtomicInteger();

		@Override
		public void accepted(PostPhaseExecution postPhase) {
			this.accepted.incrementAndGet();
		}

		@Override
		public void takenOver(PostPhaseExecution postPhase, Instant due) {
			this.takenOver.incrementAndGet();
		}

		@Override
		public void finished(PostPhaseResult result) {
			this.outcomes.add(result.postPhase().name() + " " + result.outcome());
		}

	}

	private static final class WithUser extends HttpServletRequestWrapper {

		WithUser(HttpServletRequest request) {
			super(request);
		}

		@Override
		public Principal getUserPrincipal() {
			String user = getHeader("X-User");
			return (user != null) ? () -> user : null;
		}

	}

}
