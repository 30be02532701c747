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
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import org.junit.jupiter.api.Test;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Room is reserved before the promise is made.
 */
class AdmissionTests {

	@Test
	void rejectsWithProblemDetailBeforeHandlerRunsWhenFull() throws Exception {
		try (RunningServer server = start(1, 1)) {
			Work work = server.bean(Work.class);
			assertThat(post(server, "/jobs/1").status()).isEqualTo(202);
			assertThat(post(server, "/jobs/2").status()).isEqualTo(202);
			RawResponse rejected = post(server, "/jobs/3");
			assertThat(rejected.status()).isEqualTo(503);
			assertThat(rejected.header("Retry-After")).isEqualTo("7");
			assertThat(rejected.header("Content-Type")).isEqualTo("application/problem+json");
			assertThat(rejected.body()).contains("\"status\":503", "\"title\":\"Service Unavailable\"",
					"There is no capacity");
			assertThat(work.handled).containsExactly(1, 2);
			assertThat(server.listener().rejected()).containsExactly("work");
			work.permits.release(2);
			server.awaitBalance();
			assertThat(post(server, "/jobs/4").status()).as("room is back").isEqualTo(202);
			work.permits.release();
			server.awaitBalance();
			// A response is complete before its post-phase is handed over: the next may
			// overtake
			assertThat(work.done).containsExactlyInAnyOrder(1, 2, 4);
		}
	}

	@Test
	void rejectionIsNotSwallowedByHandlerOfAllExceptions() throws Exception {
		try (RunningServer server = RunningServer.start(List.of(Jobs.class, Work.class, CatchAll.class),
				"early-response.executor.max-concurrency=1", "early-response.executor.queue-capacity=0");
				RawHttpClient client = server.client()) {
			assertThat(client.post("/jobs/1", "{}").status()).isEqualTo(202);
			assertThat(client.post("/jobs/2", "{}").status()).isEqualTo(503);
			server.bean(Work.class).permits.release();
		}
	}

	@Test
	void twoHundredConcurrentClientsGetNoSuccessWithoutPostPhase() throws Exception {
		try (RunningServer server = start(2, 8)) {
			Work work = server.bean(Work.class);
			work.permits.release(100_000);
			ExecutorService clients = Executors.newFixedThreadPool(200);
			CountDownLatch go = new CountDownLatch(1);
			Queue<Integer> promised = new ConcurrentLinkedQueue<>();
			AtomicInteger rejections = new AtomicInteger();
			List<Callable<Void>> calls = IntStream.range(0, 200).<Callable<Void>>mapToObj((client) -> () -> {
				go.await();
				for (int i = 0; i < 20; i++) {
					int job = client * 1000 + i;
					int status = post(server, "/jobs/" + job).status();
					if (status == 202) {
						promised.add(job);
					}
					else {
						assertThat(status).isEqualTo(503);
						rejections.incrementAndGet();
					}
				}
				return null;
			}).toList();
			List<Future<Void>> results = calls.stream().map(clients::submit).toList();
			go.countDown();
			for (Future<Void> result : results) {
				result.get(60, TimeUnit.SECONDS);
			}
			clients.shutdown();
			server.awaitBalance();
			assertThat(work.done).containsExactlyInAnyOrderElementsOf(promised);
			assertThat(work.handled).containsExactlyInAnyOrderElementsOf(promised);
			assertThat(promised.size() + rejections.get()).isEqualTo(4000);
			assertThat(server.listener().rejected()).hasSize(rejections.get());
		}
	}

	@Test
	void callerRunsAfterItsResponseWhenFull() throws Exception {
		try (RunningServer server = RunningServer.start(List.of(Jobs.class, Work.class),
				"early-response.executor.max-concurrency=1", "early-response.executor.queue-capacity=0",
				"early-response.when-saturated=caller-runs");
				RawHttpClient first = server.client();
				RawHttpClient second = server.client();
				RawHttpClient third = server.client()) {
			Work work = server.bean(Work.class);
			assertThat(first.post("/jobs/1", "{}").status()).isEqualTo(202);
			RawResponse response = second.post("/jobs/2", "{}");
			assertThat(response.status()).as("complete although its thread does the work").isEqualTo(202);
			assertThat(third.get("/decide?count=2").status()).isEqualTo(200);
			assertThat(server.operations().inFlightCount()).isEqualTo(4);
			work.permits.release(4);
			server.awaitBalance();
			assertThat(work.threads).hasSize(4);
			assertThat(work.threads.stream().filter((name) -> name.startsWith("post-phase-"))).hasSize(1);
			assertThat(second.get("/decide?count=0").status()).as("the connection goes on").isEqualTo(200);
		}
	}

	@Test
	void runTimePostPhasesBeyondTheReservedOneAreRejectedBeforeTheResponse() throws Exception {
		try (RunningServer server = start(1, 1)) {
			Work work = server.bean(Work.class);
			assertThat(get(server, "/decide?count=3").status()).isEqualTo(503);
			assertThat(server.listener().rejected()).containsExactly("decided");
			server.awaitBalance();
			assertThat(get(server, "/decide?count=2").status()).isEqualTo(200);
			assertThat(get(server, "/decide?count=0").status()).as("no room to keep in reserve").isEqualTo(503);
			assertThat(server.listener().rejected()).containsExactly("decided", "AdmissionTests.Jobs.decide");
			work.permits.release(2);
			server.awaitBalance();
			assertThat(get(server, "/decide?count=0").status()).isEqualTo(200);
		}
	}

	/** On a connection of its own: Tomcat closes it after a 503. */
	private static RawResponse post(RunningServer server, String path) throws IOException {
		try (RawHttpClient client = server.client()) {
			return client.post(path, "{}");
		}
	}

	private static RawResponse get(RunningServer server, String path) throws IOException {
		try (RawHttpClient client = server.client()) {
			return client.get(path);
		}
	}

	private static RunningServer start(int maxConcurrency, int queueCapacity) {
		return RunningServer.start(List.of(Jobs.class, Work.class),
				"early-response.executor.max-concurrency=" + maxConcurrency,
				"early-response.executor.queue-capacity=" + queueCapacity, "early-response.retry-after=6100ms");
	}

	@RestController
	static class Jobs {

		private final Work work;

		Jobs(Work work) {
			this.work = work;
		}

		@PostMapping("/jobs/{job}")
		@ResponseStatus(HttpStatus.ACCEPTED)
		@RespondThenContinue("work")
		String job(@PathVariable int job) {
			this.work.handled.add(job);
			return "accepted";
		}

		@GetMapping("/decide")
		@RespondThenContinue
		String decide(@RequestParam int count, AfterResponse after) {
			for (int i = 0; i < count; i++) {
				int job = i;
				after.run("decided", (context) -> this.work.work(job));
			}
			return "decided";
		}

	}

	static class Work {

		final Queue<Integer> handled = new ConcurrentLinkedQueue<>();

		final Queue<Integer> done = new ConcurrentLinkedQueue<>();

		final Queue<String> threads = new ConcurrentLinkedQueue<>();

		final Semaphore permits = new Semaphore(0);

		@PostPhase
		void work(int job) throws InterruptedException {
			this.permits.tryAcquire(20, TimeUnit.SECONDS);
			this.threads.add(Thread.currentThread().getName());
			this.done.add(job);
		}

	}

	@ControllerAdvice
	static class CatchAll {

		@ExceptionHandler
		@ResponseStatus(HttpStatus.INTERNAL_SERVER_ERROR)
		@ResponseBody
		String all(Exception ex) {
			return "caught";
		}

	}

}
