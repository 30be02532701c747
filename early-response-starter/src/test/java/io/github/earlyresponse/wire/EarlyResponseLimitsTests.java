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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.PostPhaseExecution.State;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.memory.MemoryPostPhaseEngine;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RecordingListener;
import io.github.earlyresponse.testsupport.RunningServer;
import io.github.earlyresponse.testsupport.ThreadKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Handlers that send in mid-method and the limits of the engine: its room, its threads,
 * cancellation, and the end of the application.
 */
class EarlyResponseLimitsTests {

	private static final String PREFIX = "limits-";

	@ParameterizedTest
	@MethodSource("io.github.earlyresponse.testsupport.ThreadKind#available")
	void responseNeverWaitsForARestAndTheRestWaitsForAThread(ThreadKind threads) throws Exception {
		try (RunningServer server = start(threads, 1, 5)) {
			HandlerTrace trace = server.bean(HandlerTrace.class);
			for (String job : List.of("one", "two", "three")) {
				assertThat(get(server, "/job/" + job).body()).isEqualTo(job);
				assertThat(trace.next()).isEqualTo("before " + job);
				if ("one".equals(job)) {
					assertThat(trace.next()).isEqualTo("after one");
				}
			}
			await().until(() -> server.operations().queuedCount() == 2);
			assertThat(trace.isEmpty()).as("the others wait in send").isTrue();
			trace.proceed(3);
			assertThat(trace.next()).isEqualTo("done one");
			server.awaitBalance();
			assertThat(server.listener().outcomes()).hasSize(3).containsOnly(PostPhaseOutcome.COMPLETED);
		}
	}

	@Test
	void restNeedsNoOtherThreadThanThatOfItsHandler() throws Exception {
		try (RunningServer server = start(ThreadKind.PLATFORM, 1, 5)) {
			HandlerTrace trace = server.bean(HandlerTrace.class);
			trace.proceed(1);
			assertThat(get(server, "/job/one").body()).isEqualTo("one");
			server.awaitBalance();
			assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
				.filteredOn((name) -> name.startsWith(PREFIX))
				.singleElement()
				.asString()
				.startsWith(PREFIX + "handler-");
		}
	}

	@Test
	void restWaitsForAThreadOfAnExecutorOfTheApplication() throws Exception {
		try (RunningServer server = RunningServer.start(
				List.of(Jobs.class, HandlerTrace.class, ApplicationExecutor.class), "early-response.executor.bean=mine",
				"early-response.executor.max-concurrency=1")) {
			HandlerTrace trace = server.bean(HandlerTrace.class);
			assertThat(get(server, "/job/one").body()).isEqualTo("one");
			assertThat(List.of(trace.next(), trace.next())).containsExactly("before one", "after one");
			assertThat(get(server, "/job/two").body()).isEqualTo("two");
			assertThat(trace.next()).isEqualTo("before two");
			await().until(() -> server.operations().queuedCount() == 1);
			assertThat(server.context().getBean("mine", ThreadPoolTaskExecutor.class).getQueueSize()).isOne();
			trace.proceed(2);
			assertThat(List.of(trace.next(), trace.next(), trace.next())).containsExactly("done one", "after two",
					"done two");
			server.awaitBalance();
			assertThat(server.listener().outcomes()).containsExactly(PostPhaseOutcome.COMPLETED,
					PostPhaseOutcome.COMPLETED);
		}
	}

	@ParameterizedTest
	@MethodSource("io.github.earlyresponse.testsupport.ThreadKind#available")
	void handlerDoesNotRunWithoutRoom(ThreadKind threads) throws Exception {
		try (RunningServer server = start(threads, 1, 1)) {
			HandlerTrace trace = server.bean(HandlerTrace.class);
			assertThat(get(server, "/job/one").status()).isEqualTo(200);
			assertThat(get(server, "/job/two").status()).isEqualTo(200);
			RawResponse rejected = get(server, "/job/three");
			assertThat(rejected.status()).isEqualTo(503);
			assertThat(rejected.header("Retry-After")).isNotNull();
			assertThat(server.listener().rejected()).containsExactly("EarlyResponseLimitsTests.Jobs.job");
			trace.proceed(3);
			server.awaitBalance();
			assertThat(get(server, "/job/four").status()).as("room is back").isEqualTo(200);
			server.awaitBalance();
			assertThat(IntStream.range(0, 9).mapToObj((i) -> nextOf(trace))).as("of three jobs")
				.noneMatch((note) -> note.endsWith("three"));
			assertThat(trace.isEmpty()).isTrue();
		}
	}

	@ParameterizedTest
	@MethodSource("io.github.earlyresponse.testsupport.ThreadKind#available")
	void callerWaitsForTheRestAfterItsCompleteResponse(ThreadKind threads) throws Exception {
		try (RunningServer server = start(threads, 1, 0, "early-response.when-saturated=caller-runs");
				RawHttpClient first = server.client();
				RawHttpClient second = server.client()) {
			HandlerTrace trace = server.bean(HandlerTrace.class);
			assertThat(first.get("/job/one").body()).isEqualTo("one");
			assertThat(second.get("/job/two").body()).as("complete although nobody else does the work")
				.isEqualTo("two");
			assertThat(IntStream.range(0, 4).mapToObj((i) -> nextOf(trace))).containsExactlyInAnyOrder("before one",
					"after one", "before two", "after two");
			assertThat(server.operations().inFlight()).hasSize(2).allMatch((each) -> each.state() == State.RUNNING);
			trace.proceed(2);
			server.awaitBalance();
			assertThat(server.listener().outcomes()).hasSize(2).containsOnly(PostPhaseOutcome.COMPLETED);
			trace.proceed(1);
			assertThat(second.get("/job/three").body()).as("the connection goes on").isEqualTo("three");
		}
	}

	@ParameterizedTest
	@MethodSource("io.github.earlyresponse.testsupport.ThreadKind#available")
	void accountOfManyConcurrentRequestsBalances(ThreadKind threads) throws Exception {
		try (RunningServer server = start(threads, 4, 200)) {
			ExecutorService clients = Executors.newFixedThreadPool(100);
			CountDownLatch go = new CountDownLatch(1);
			List<Future<Integer>> results = IntStream.range(0, 100).mapToObj((i) -> clients.submit(() -> {
				go.await();
				return get(server, "/mixed/" + i % 4).status();
			})).toList();
			go.countDown();
			for (int i = 0; i < 100; i++) {
				assertThat(results.get(i).get(60, TimeUnit.SECONDS)).isEqualTo((i % 4 < 2) ? 200 : 500);
			}
			clients.shutdown();
			server.awaitBalance();
			assertThat(server.listener()
				.outcomes()
				.stream()
				.collect(Collectors.groupingBy(Function.identity(), Collectors.counting())))
				.isEqualTo(Map.of(PostPhaseOutcome.COMPLETED, 25L, PostPhaseOutcome.FAILED, 25L,
						PostPhaseOutcome.SKIPPED, 50L));
		}
	}

	@ParameterizedTest
	@MethodSource("io.github.earlyresponse.testsupport.ThreadKind#available")
	void cancelledBeforeItSentTheClientGetsItsResponseAndTheRestDoesNotRun(ThreadKind threads) throws Exception {
		try (RunningServer server = start(threads, 1, 5); RawHttpClient client = server.client()) {
			HandlerTrace trace = server.bean(HandlerTrace.class);
			client.send("GET", "/hesitant", null);
			String id = (String) trace.next();
			assertThat(server.operations().cancel(id)).isTrue();
			trace.proceed(1);
			assertThat(client.read("GET").body()).isEqualTo("hesitant");
			assertThat(trace.next()).isInstanceOf(CancellationException.class);
			server.awaitBalance();
			assertThat(server.listener().onlyResult().outcome()).isEqualTo(PostPhaseOutcome.CANCELLED);
		}
	}

	@ParameterizedTest
	@MethodSource("io.github.earlyresponse.testsupport.ThreadKind#available")
	void cancelledWhileItWaitsForAThreadTheRestDoesNotRun(ThreadKind threads) throws Exception {
		try (RunningServer server = start(threads, 1, 5)) {
			HandlerTrace trace = server.bean(HandlerTrace.class);
			get(server, "/job/one");
			assertThat(trace.next()).isEqualTo("before one");
			assertThat(trace.next()).isEqualTo("after one");
			assertThat(get(server, "/slow").body()).isEqualTo("slow");
			String id = (String) trace.next();
			await().until(() -> server.operations().queuedCount() == 1);
			assertThat(server.operations().cancel(id)).isTrue();
			assertThat(trace.next()).isInstanceOf(CancellationException.class);
			assertThat(server.operations().inFlightCount()).as("the other one goes on").isOne();
			trace.proceed(1);
			assertThat(trace.next()).isEqualTo("done one");
			server.awaitBalance();
			assertThat(server.listener().outcomes()).containsExactly(PostPhaseOutcome.CANCELLED,
					PostPhaseOutcome.COMPLETED);
		}
	}

	@ParameterizedTest
	@MethodSource("io.github.earlyresponse.testsupport.ThreadKind#available")
	void cancelledWhileItRunsTheThreadOfTheHandlerIsInterrupted(ThreadKind threads) throws Exception {
		try (RunningServer server = start(threads, 1, 5)) {
			HandlerTrace trace = server.bean(HandlerTrace.class);
			assertThat(get(server, "/slow").body()).isEqualTo("slow");
			String id = (String) trace.next();
			assertThat(trace.next()).isEqualTo("the rest");
			assertThat(server.operations().cancel(id)).isTrue();
			assertThat(trace.next()).isInstanceOf(InterruptedException.class);
			server.awaitBalance();
			assertThat(server.listener().onlyResult().outcome()).isEqualTo(PostPhaseOutcome.CANCELLED);
		}
	}

	@ParameterizedTest
	@MethodSource("io.github.earlyresponse.testsupport.ThreadKind#available")
	void shutdownWaitsForTheRest(ThreadKind threads) throws Exception {
		RunningServer server = start(threads, 1, 5);
		HandlerTrace trace = server.bean(HandlerTrace.class);
		RecordingListener listener = server.listener();
		MemoryPostPhaseEngine engine = server.bean(MemoryPostPhaseEngine.class);
		get(server, "/job/one");
		get(server, "/job/two");
		await().until(() -> server.operations().queuedCount() == 1);
		CompletableFuture<Void> closed = CompletableFuture.runAsync(server.context()::close);
		await().until(() -> !engine.isRunning());
		assertThat(closed).isNotDone();
		trace.proceed(2);
		closed.get(30, TimeUnit.SECONDS);
		assertThat(listener.outcomes()).containsExactly(PostPhaseOutcome.COMPLETED, PostPhaseOutcome.COMPLETED);
		assertNoThreadIsLeft();
	}

	@ParameterizedTest
	@MethodSource("io.github.earlyresponse.testsupport.ThreadKind#available")
	void shutdownAbandonsTheRestThatDoesNotEndInTime(ThreadKind threads) throws Exception {
		RunningServer server = start(threads, 1, 5, "early-response.shutdown.timeout=300ms");
		HandlerTrace trace = server.bean(HandlerTrace.class);
		RecordingListener listener = server.listener();
		get(server, "/slow");
		assertThat(trace.next()).as("the id").isNotNull();
		assertThat(trace.next()).isEqualTo("the rest");
		get(server, "/slow");
		assertThat(trace.next()).as("the id").isNotNull();
		await().until(() -> server.operations().queuedCount() == 1);
		server.context().close();
		assertThat(List.of(trace.next(), trace.next())).hasAtLeastOneElementOfType(InterruptedException.class)
			.hasAtLeastOneElementOfType(CancellationException.class);
		assertThat(trace.isEmpty()).as("the queued one did not start").isTrue();
		assertThat(listener.outcomes()).containsExactly(PostPhaseOutcome.ABANDONED, PostPhaseOutcome.ABANDONED);
		assertThat(listener.finishedIds()).containsExactlyInAnyOrderElementsOf(listener.acceptedIds());
		assertNoThreadIsLeft();
	}

	private static void assertNoThreadIsLeft() {
		await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
			.noneMatch((name) -> name.startsWith(PREFIX)));
	}

	private static String nextOf(HandlerTrace trace) {
		try {
			return (String) trace.next();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static RunningServer start(ThreadKind threads, int maxConcurrency, int queueCapacity,
			String... properties) {
		return RunningServer.start(List.of(Jobs.class, HandlerTrace.class),
				Stream
					.concat(Arrays.stream(properties),
							Stream.of("early-response.executor.max-concurrency=" + maxConcurrency,
									"early-response.executor.queue-capacity=" + queueCapacity,
									"early-response.executor.thread-name-prefix=" + PREFIX,
									"early-response.executor.virtual-threads=" + (threads == ThreadKind.VIRTUAL)))
					.toArray(String[]::new));
	}

	private static RawResponse get(RunningServer server, String path) throws IOException {
		try (RawHttpClient client = server.client()) {
			return client.get(path);
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class ApplicationExecutor {

		@Bean
		ThreadPoolTaskExecutor mine() {
			ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
			executor.setCorePoolSize(1);
			return executor;
		}

	}

	@RestController
	static class Jobs {

		private final HandlerTrace trace;

		Jobs(HandlerTrace trace) {
			this.trace = trace;
		}

		@GetMapping("/job/{job}")
		@RespondThenContinue
		void job(@PathVariable String job, EarlyResponse<String> early) throws InterruptedException {
			this.trace.note("before " + job);
			early.send(job);
			this.trace.note("after " + job);
			this.trace.stop();
			this.trace.note("done " + job);
		}

		@GetMapping("/hesitant")
		@RespondThenContinue
		void hesitant(EarlyResponse<String> early) throws Exception {
			this.trace.note(early.id());
			this.trace.stop();
			this.trace.noteResultOf(() -> early.send("hesitant"));
		}

		@GetMapping("/slow")
		@RespondThenContinue
		void slow(EarlyResponse<String> early) throws Exception {
			this.trace.note(early.id());
			try {
				early.send("slow");
				this.trace.note("the rest");
				this.trace.stop();
				this.trace.note("done");
			}
			catch (CancellationException | InterruptedException ex) {
				this.trace.note(ex);
				throw ex;
			}
		}

		@GetMapping("/mixed/{kind}")
		@RespondThenContinue
		void mixed(@PathVariable int kind, EarlyResponse<String> early) {
			if (kind == 2) {
				throw new IllegalStateException("before");
			}
			if (kind != 3) {
				early.send("mixed");
			}
			if (kind == 1) {
				throw new IllegalStateException("after");
			}
		}

	}

}
