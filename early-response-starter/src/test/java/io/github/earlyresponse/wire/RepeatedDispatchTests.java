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

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.ContinueOn;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each dispatch to a handler continues on its own, also several to the same one.
 */
class RepeatedDispatchTests {

	private static RunningServer server;

	private Work work;

	@BeforeAll
	static void start() {
		server = RunningServer.start(List.of(Pages.class, Dispatching.class, Work.class));
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@BeforeEach
	void reset() {
		server.awaitBalance();
		server.listener().forget();
		this.work = server.bean(Work.class);
		this.work.seen.clear();
	}

	private static RawResponse get(String path) throws Exception {
		try (RawHttpClient client = server.client()) {
			return client.get(path);
		}
	}

	private List<String> seen() {
		server.awaitBalance();
		return List.copyOf(this.work.seen);
	}

	@Test
	void eachOfTwoIncludesContinues() throws Exception {
		RawResponse response = get("/page");
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.body()).isEqualTo("[part a][part b]");
		assertThat(seen()).containsExactlyInAnyOrder("count", "task a", "count", "task b");
	}

	@Test
	void handlerAndTheOneThatItIncludesContinue() throws Exception {
		assertThat(get("/outer").body()).isEqualTo("[part a]");
		assertThat(seen()).containsExactlyInAnyOrder("task before", "task after", "count", "task a");
	}

	@ParameterizedTest
	@ValueSource(strings = { "throws", "handled", "plain" })
	void handlerWhoseIncludeFailsContinuesIfItAnswers(String kind) throws Exception {
		RawResponse response = get("/tolerant?kind=" + kind);
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.body()).isEqualTo("rest");
		List<String> expected = new ArrayList<>(List.of("task outer", "task finally"));
		if (!kind.equals("plain")) {
			expected.add("blame " + kind);
		}
		assertThat(seen()).containsExactlyInAnyOrderElementsOf(expected);
	}

	@Test
	void handlerThatFailsWithItsIncludeDoesNotContinue() throws Exception {
		assertThat(get("/intolerant").status()).isEqualTo(500);
		assertThat(seen()).containsExactly("blame throws");
	}

	@Test
	void handlerThatForwardsToItselfContinuesTwice() throws Exception {
		assertThat(get("/forward").body()).isEqualTo("forwarded");
		assertThat(seen()).containsExactlyInAnyOrder("task REQUEST", "task FORWARD");
	}

	@Test
	void handlerThatDispatchesItselfAgainContinuesTwice() throws Exception {
		assertThat(get("/async").body()).isEqualTo("dispatched");
		assertThat(seen()).containsExactlyInAnyOrder("count", "task REQUEST", "count", "task ASYNC");
	}

	@Test
	void callFromTheCallableOfTheHandlerIsNoDispatch() throws Exception {
		assertThat(get("/callable?depth=1").body()).isEqualTo("1 0");
		assertThat(seen()).containsExactly("count");
		assertThat(server.listener().acceptedIds()).hasSize(1);
	}

	@Controller
	static class Pages {

		private final Work work;

		Pages(Work work) {
			this.work = work;
		}

		private void include(String name, HttpServletRequest request, HttpServletResponse response) throws Exception {
			request.getRequestDispatcher("/part?name=" + name).include(request, response);
		}

		@GetMapping("/page")
		void page(HttpServletRequest request, HttpServletResponse response) throws Exception {
			include("a", request, response);
			include("b", request, response);
		}

		@GetMapping("/outer")
		@RespondThenContinue
		void outer(HttpServletRequest request, HttpServletResponse response, AfterResponse after) throws Exception {
			after.run("task", (context) -> this.work.seen.add("task before"));
			include("a", request, response);
			after.run("task", (context) -> this.work.seen.add("task after"));
		}

		@GetMapping("/part")
		@RespondThenContinue("count")
		void part(@RequestParam String name, HttpServletResponse response, AfterResponse after) throws Exception {
			after.run("task", (context) -> this.work.seen.add("task " + name));
			response.getOutputStream().print("[part " + name + "]");
		}

		@GetMapping("/tolerant")
		@RespondThenContinue
		void tolerant(@RequestParam String kind, HttpServletRequest request, HttpServletResponse response,
				AfterResponse after) throws Exception {
			after.run("task", (context) -> this.work.seen.add("task outer"));
			try {
				request.getRequestDispatcher("/fails-" + kind).include(request, response);
			}
			catch (ServletException ex) {
				assertThat(kind).isNotEqualTo("handled");
			}
			after.run("task", (context) -> this.work.seen.add("task finally"));
			response.getOutputStream().print("rest");
		}

		@GetMapping("/intolerant")
		@RespondThenContinue
		void intolerant(HttpServletRequest request, HttpServletResponse response, AfterResponse after)
				throws Exception {
			after.run("task", (context) -> this.work.seen.add("task outer"));
			request.getRequestDispatcher("/fails-throws").include(request, response);
		}

		@GetMapping("/fails-throws")
		@RespondThenContinue(then = "blame", on = ContinueOn.FAILURE)
		void failsAndThrows() {
			throw new IllegalStateException("throws");
		}

		@GetMapping("/fails-handled")
		@RespondThenContinue(then = "blame", on = ContinueOn.FAILURE)
		void failsAndIsHandled() {
			throw new UnsupportedOperationException("handled");
		}

		@GetMapping("/fails-plain")
		void failsAndIsPlain() {
			throw new IllegalStateException("plain");
		}

		@ExceptionHandler
		@ResponseBody
		void handle(UnsupportedOperationException ex) {
		}

		@GetMapping("/forward")
		@RespondThenContinue
		@Nullable String forward(HttpServletRequest request, HttpServletResponse response, AfterResponse after) throws Exception {
			DispatcherType type = request.getDispatcherType();
			after.run("task", (context) -> this.work.seen.add("task " + type));
			if (type == DispatcherType.FORWARD) {
				response.getOutputStream().print("forwarded");
				return null;
			}
			return "forward:/forward";
		}

	}

	@RestController
	static class Dispatching {

		private final ObjectProvider<Dispatching> self;

		private final Work work;

		Dispatching(ObjectProvider<Dispatching> self, Work work) {
			this.self = self;
			this.work = work;
		}

		@GetMapping("/async")
		@RespondThenContinue("count")
		@Nullable String async(HttpServletRequest request, AfterResponse after) {
			DispatcherType type = request.getDispatcherType();
			after.run("task", (context) -> this.work.seen.add("task " + type));
			if (type == DispatcherType.ASYNC) {
				return "dispatched";
			}
			request.startAsync().dispatch();
			return null;
		}

		@GetMapping("/callable")
		@RespondThenContinue("count")
		Callable<String> callable(@RequestParam int depth) {
			return () -> depth + ((depth > 0) ? " " + this.self.getObject().callable(depth - 1).call() : "");
		}

	}

	static class Work {

		final Queue<String> seen = new ConcurrentLinkedQueue<>();

		@PostPhase
		void count() {
			this.seen.add("count");
		}

		@PostPhase
		void blame(Throwable failure) {
			this.seen.add("blame " + failure.getMessage());
		}

	}

}
