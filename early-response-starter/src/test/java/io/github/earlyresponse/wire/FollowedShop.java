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

package io.github.earlyresponse.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.ContinueOn;
import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseTask;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/**
 * Handlers whose post-phases do what a test tells them.
 */
final class FollowedShop {

	static final String ENABLED = "early-response.status.enabled=true";

	private FollowedShop() {
	}

	/**
	 * The id of the post-phase that a response announces.
	 */
	static String id(RawResponse response) {
		return response.header("Post-Phase-Id");
	}

	@RestController
	static class Handlers {

		@PostMapping("/exports")
		@ResponseStatus(HttpStatus.ACCEPTED)
		@RespondThenContinue("pack")
		String export() {
			return "accepted";
		}

		@PostMapping("/located")
		@RespondThenContinue("pack")
		ResponseEntity<String> located() {
			return ResponseEntity.accepted()
				.header("Location", "/exports/7")
				.header("Link", "</help>; rel=\"help\"")
				.body("accepted");
		}

		@PostMapping("/several")
		@ResponseStatus(HttpStatus.ACCEPTED)
		@RespondThenContinue({ "pack", "note" })
		String several(AfterResponse after) {
			after.run("decided", (context) -> {
			});
			return "accepted";
		}

		@PostMapping("/many")
		@ResponseStatus(HttpStatus.ACCEPTED)
		@RespondThenContinue
		String many(@RequestParam int count, @RequestParam(defaultValue = "X-Own") String name,
				@RequestParam(defaultValue = "0") int headers, @RequestParam(defaultValue = "0") int length,
				HttpServletResponse response, AfterResponse after) {
			for (int i = 0; i < headers; i++) {
				response.addHeader(name, "x".repeat(length));
			}
			for (int i = 0; i < count; i++) {
				after.run("decided", (context) -> {
				});
			}
			return "accepted";
		}

		@GetMapping("/answer/{status}")
		@RespondThenContinue("note")
		ResponseEntity<String> answer(@PathVariable int status) {
			return ResponseEntity.status(status).body("answer");
		}

		@GetMapping("/failure/{status}")
		@RespondThenContinue(value = "note", on = ContinueOn.FAILURE)
		ResponseEntity<String> failure(@PathVariable int status) {
			return ResponseEntity.status(status).body("answer");
		}

		@GetMapping("/throw")
		@RespondThenContinue("note")
		String throwing() {
			throw new IllegalStateException("no paper");
		}

		@GetMapping("/throw-on-failure")
		@RespondThenContinue(value = "note", on = ContinueOn.FAILURE)
		String throwingOnFailure() {
			throw new IllegalStateException("no paper");
		}

		@GetMapping("/status-exception")
		@RespondThenContinue("note")
		String statusException() {
			throw new ResponseStatusException(HttpStatus.CONFLICT);
		}

		@GetMapping("/send-error")
		@RespondThenContinue("note")
		void sendError(HttpServletResponse response) throws IOException {
			response.sendError(409);
		}

		@GetMapping("/write-then-error")
		@RespondThenContinue("note")
		void writeThenError(@RequestParam int size, HttpServletResponse response) throws IOException {
			response.getOutputStream().write(new byte[size]);
			response.sendError(409);
		}

		@GetMapping("/write-then-throw")
		@RespondThenContinue("note")
		void writeThenThrow(@RequestParam int size, HttpServletResponse response) throws IOException {
			PrintWriter writer = response.getWriter();
			writer.println("x".repeat(size));
			throw new IllegalStateException("no paper");
		}

		@GetMapping("/direct")
		@RespondThenContinue("note")
		void direct(@RequestParam int size, HttpServletResponse response, AfterResponse after) throws IOException {
			response.setContentType("text/plain");
			response.getOutputStream().write(new byte[100]);
			after.run("decided", (context) -> {
			});
			response.getOutputStream().write(new byte[size]);
		}

		@GetMapping("/direct-writer")
		@RespondThenContinue("note")
		void directWriter(@RequestParam int size, HttpServletResponse response, AfterResponse after)
				throws IOException {
			response.setContentType("text/plain");
			PrintWriter writer = response.getWriter();
			after.run("decided", (context) -> {
			});
			writer.println("x".repeat(size));
		}

		@GetMapping("/direct-late")
		@RespondThenContinue("note")
		void directLate(@RequestParam int before, @RequestParam int after, OutputStream out, AfterResponse work)
				throws IOException {
			for (int i = 0; i < before; i++) {
				out.write('x');
			}
			work.run("decided", (context) -> {
			});
			out.write(new byte[after]);
		}

		@GetMapping("/status-late")
		@RespondThenContinue("note")
		void statusLate(@RequestParam int[] statuses, HttpServletResponse response) throws IOException {
			// Nearly enough for the head to be written
			int size = response.getBufferSize() / 2 / statuses.length;
			for (int status : statuses) {
				response.setStatus(status);
				for (int i = 0; i < size; i++) {
					response.getOutputStream().write('x');
				}
			}
		}

		@GetMapping("/writer-argument")
		@RespondThenContinue("note")
		void writerArgument(@RequestParam int size, Writer writer) throws IOException {
			writer.write("x".repeat(size));
		}

		@GetMapping("/stream-argument")
		@RespondThenContinue("note")
		void streamArgument(@RequestParam int size, OutputStream out) throws IOException {
			out.write(new byte[size]);
		}

		@GetMapping("/writer-argument-then-throw")
		@RespondThenContinue("note")
		void writerArgumentThenThrow(@RequestParam int size, Writer writer) throws IOException {
			writer.write("x".repeat(size));
			throw new IllegalStateException("no paper");
		}

		@GetMapping("/pack")
		@RespondThenContinue("pack")
		String pack() {
			return "soon";
		}

		@GetMapping("/callable")
		@RespondThenContinue("note")
		Callable<String> callable() {
			return () -> "called";
		}

		@GetMapping("/stream")
		@RespondThenContinue("note")
		StreamingResponseBody stream() {
			return (out) -> {
				for (int i = 0; i < 100; i++) {
					out.write(new byte[1000]);
				}
			};
		}

		@PostMapping("/send")
		@ResponseStatus(HttpStatus.ACCEPTED)
		@RespondThenContinue
		void send(EarlyResponse<String> early) {
			early.send("sent");
		}

		@GetMapping("/never-sent")
		@RespondThenContinue
		void neverSent(EarlyResponse<String> early) {
		}

		@GetMapping("/redirect")
		@RespondThenContinue("note")
		void redirect(HttpServletResponse response) throws IOException {
			response.sendRedirect("/plain");
		}

		@GetMapping("/decide")
		@RespondThenContinue
		String decide(@RequestParam boolean work, AfterResponse after) {
			if (work) {
				after.run("decided", (context) -> {
				});
			}
			return "decided";
		}

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

	}

	static class Work {

		private static final PostPhaseTask END = (context) -> {
		};

		private final BlockingQueue<PostPhaseTask> steps = new LinkedBlockingQueue<>();

		@PostPhase
		void pack(PostPhaseContext context) throws Exception {
			PostPhaseTask step = next();
			while (step != END) {
				step.run(context);
				step = next();
			}
		}

		@PostPhase
		void note() {
		}

		private PostPhaseTask next() throws InterruptedException {
			PostPhaseTask step = this.steps.poll(60, TimeUnit.SECONDS);
			return (step != null) ? step : END;
		}

		/**
		 * Has the next thing done by a post-phase that runs.
		 */
		void step(PostPhaseTask step) {
			this.steps.add(step);
		}

		/**
		 * Ends all that run, before the next test with the same server.
		 */
		void endAll(RunningServer server) {
			end(10);
			server.awaitBalance();
			this.steps.clear();
			server.listener().forget();
		}

		/**
		 * Ends some that run.
		 */
		void end(int count) {
			for (int i = 0; i < count; i++) {
				this.steps.add(END);
			}
		}

	}

}
