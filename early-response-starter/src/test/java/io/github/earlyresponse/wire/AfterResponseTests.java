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

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.RequestSnapshot;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RunningServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Post-phases that are decided on at run time, and calls that continue nothing.
 */
class AfterResponseTests {

	private static RunningServer server;

	private Work work;

	@BeforeAll
	static void start() {
		server = RunningServer.start(List.of(Decisions.class, Other.class, Work.class));
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@BeforeEach
	void reset() {
		this.work = server.bean(Work.class);
		this.work.seen.clear();
	}

	@Test
	void runsTasksAndCallsPostPhases() throws Exception {
		String ids = get("/decide?wrong=no", 200);
		server.awaitBalance();
		assertThat(this.work.seen).containsExactlyInAnyOrder("task GET /decide", "call 7 seven /decide");
		assertThat(server.listener().finishedIds()).contains(ids.split(" "));
	}

	@Test
	void hasTheIdsOfThoseThatTheHandlerNames() throws Exception {
		int before = server.listener().finishedIds().size();
		String ids = get("/named?number=7&text=seven", 200);
		server.awaitBalance();
		assertThat(this.work.seen).containsExactly("call 7 seven /named");
		assertThat(server.listener().finishedIds().stream().skip(before)).hasSize(2)
			.containsExactlyInAnyOrder(ids.split(" "));
	}

	@Test
	void hasTheIdOfTheRestOfTheHandler() throws Exception {
		String id = get("/rest", 200);
		server.awaitBalance();
		assertThat(server.listener().finishedIds()).contains(id);
	}

	@Test
	void wrongCallIsAnErrorOfTheHandlerAndLosesNothing() throws Exception {
		int before = server.listener().finished().size();
		List<String> wrongs = List.of("name", "count", "type", "empty", "line", "call-line", "direction", "long", "id",
				"id-line");
		for (String wrong : wrongs) {
			get("/decide?wrong=" + wrong, 500);
		}
		server.awaitBalance();
		assertThat(this.work.seen).isEmpty();
		assertThat(server.listener().outcomes().stream().skip(before)).hasSize(wrongs.size())
			.containsOnly(PostPhaseOutcome.SKIPPED);
	}

	@Test
	void comesTooLateOnceTheResultIsKnown() throws Exception {
		get("/keep", 200);
		server.awaitBalance();
		assertThat(this.work.seen)
			.containsExactly("Post-phase 'late' comes too late: the handler has returned or sent its response");
	}

	@Test
	void plainCallsOfHandlersContinueNothing() throws Exception {
		int before = server.listener().acceptedIds().size();
		assertThat(get("/other", 200)).isEqualTo("kept by another handler");
		server.awaitBalance();
		assertThat(server.listener().acceptedIds()).hasSize(before);
		assertThat(get("/again?depth=2", 200)).isEqualTo("2 1 0");
		server.awaitBalance();
		assertThat(server.listener().acceptedIds()).as("the call of the dispatch alone").hasSize(before + 1);
	}

	private static String get(String path, int status) throws Exception {
		try (RawHttpClient client = server.client()) {
			var response = client.get(path);
			assertThat(response.status()).isEqualTo(status);
			return response.body();
		}
	}

	@RestController
	static class Decisions {

		private final Work work;

		Decisions(Work work) {
			this.work = work;
		}

		@GetMapping("/decide")
		@RespondThenContinue
		String decide(@RequestParam String wrong, AfterResponse after) {
			String task = after.run("task", (context) -> this.work.seen
				.add("task " + context.request().method() + " " + context.request().uri()));
			String call = switch (wrong) {
				case "name" -> after.call("unknown", 7L);
				case "count" -> after.call("called", 7L);
				case "type" -> after.call("called", "seven", 7L);
				case "empty" -> after.run(" ", (context) -> {
				});
				case "line" -> after.run("task\n2026-01-01 INFO forged", (context) -> {
				});
				case "call-line" -> after.call("called\u2028forged", 7L, "seven");
				case "direction" -> after.run("task\u202ekcat", (context) -> {
				});
				case "id" -> after.id("called");
				case "id-line" -> after.id("called\u2028forged");
				case "long" -> after.run("x".repeat(201), (context) -> {
				});
				default -> after.call("called", 7L, "seven");
			};
			return task + " " + call;
		}

		@GetMapping("/named")
		@RespondThenContinue({ "nothing", "called" })
		String named(@RequestParam long number, @RequestParam String text, AfterResponse after) {
			return after.id("called") + " " + after.id("nothing");
		}

		@GetMapping("/rest")
		@RespondThenContinue
		void rest(@PostPhase("rest") EarlyResponse<String> response, AfterResponse after) {
			response.send(after.id("rest"));
		}

		@GetMapping("/keep")
		@RespondThenContinue
		String keep(AfterResponse after) {
			after.run("early", (context) -> {
				try {
					after.run("late", (ignored) -> {
					});
				}
				catch (IllegalStateException ex) {
					this.work.seen.add(ex.getMessage());
				}
			});
			return "kept";
		}

		@RespondThenContinue("called")
		@GetMapping("/kept")
		String kept(@RequestParam long number, @RequestParam String text) {
			return "kept by another handler";
		}

	}

	@RestController
	static class Other {

		private final Decisions decisions;

		private final ObjectProvider<Other> self;

		Other(Decisions decisions, ObjectProvider<Other> self) {
			this.decisions = decisions;
			this.self = self;
		}

		@GetMapping("/other")
		String other() {
			return this.decisions.kept(1, "one");
		}

		@GetMapping("/again")
		@RespondThenContinue("nothing")
		String again(@RequestParam int depth) {
			return depth + ((depth > 0) ? " " + this.self.getObject().again(depth - 1) : "");
		}

	}

	static class Work {

		final Queue<String> seen = new ConcurrentLinkedQueue<>();

		@PostPhase
		void called(long number, PostPhaseContext context, String text, RequestSnapshot request) {
			this.seen.add("call " + number + " " + text + " " + request.uri());
		}

		@PostPhase
		void nothing() {
		}

	}

}
