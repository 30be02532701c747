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
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.ContinueOn;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseTask;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RunningServer;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.annotation.RequestScope;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A post-phase that reaches for the request learns what to use instead, and never sees
 * the data of another request.
 */
@Tag("both-containers")
class EndedRequestTests {

	private static RunningServer server;

	private static RunningServer unread;

	@BeforeAll
	static void startServers() {
		server = start();
		unread = start("spring.servlet.multipart.resolve-lazily=true", "spring.mvc.formcontent.filter.enabled=false");
	}

	@AfterAll
	static void stopServers() {
		server.close();
		unread.close();
	}

	@AfterEach
	void forget() {
		server.awaitBalance().forget();
	}

	@ParameterizedTest
	@ValueSource(strings = { "captured-request", "captured-web-request", "holder", "scoped-bean", "injected-request" })
	void tellsWhatToUseInstead(String path) throws Exception {
		try (RawHttpClient client = server.client()) {
			assertThat(client.get("/" + path + "?id=1").body()).isEqualTo("1");
			Throwable failure = server.awaitBalance().onlyResult().failure();
			assertThat(failure).isNotNull();
			assertThat(failure).isInstanceOfAny(IllegalStateException.class, UnsupportedOperationException.class)
				.hasMessageContaining("the request has ended")
				.hasMessageContaining("RequestSnapshot");
		}
	}

	@Test
	void tellsThatNothingCanBeAddedToTheResponse() throws Exception {
		try (RawHttpClient client = server.client()) {
			assertThat(client.get("/captured-response?id=1").body()).isEqualTo("1");
			assertThat(server.awaitBalance().onlyResult().failure()).isInstanceOf(IllegalStateException.class)
				.hasMessageContaining("nothing can be added to it");
		}
	}

	@Test
	void tellsThatNothingCanBeAddedToWhatAFilterHasKept() throws Exception {
		try (RunningServer kept = RunningServer.start(List.of(KeptResponse.class, KeepingFilter.class));
				RawHttpClient client = kept.client()) {
			assertThat(client.get("/kept-response").body()).isEqualTo("kept");
			assertThat(kept.awaitBalance().onlyResult().failure()).isInstanceOf(IllegalStateException.class)
				.hasMessageContaining("nothing can be added to it");
		}
	}

	@Test
	void isStillThereWhileTheResponseIsCompleted() throws Exception {
		try (RawHttpClient client = server.client()) {
			client.send("GET", "/trailer?id=1", null, "TE: trailers");
			assertThat(client.readWithTrailer()).endsWith("\r\n0\r\nX-Id: 1\r\n\r\n");
			assertThat(server.awaitBalance().onlyResult().outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		}
	}

	@Test
	void listenersOfAsynchronousRequestStillReadIt() throws Exception {
		try (RawHttpClient client = server.client()) {
			assertThat(client.get("/async?id=1").body()).isEqualTo("1");
			assertThat(server.bean(AsyncEnds.class).seen.poll(10, TimeUnit.SECONDS)).isEqualTo("1 200");
			assertThat(server.awaitBalance().onlyResult().failure()).isInstanceOf(IllegalStateException.class)
				.hasMessageContaining("RequestSnapshot");
		}
	}

	@Test
	void endsWithItsErrorDispatch() throws Exception {
		try (RawHttpClient client = server.client()) {
			assertThat(client.get("/failing?id=1").status()).isEqualTo(500);
			assertThat(server.awaitBalance().onlyResult().failure()).isInstanceOf(IllegalStateException.class)
				.hasMessageContaining("RequestSnapshot");
		}
	}

	@Test
	void webRequestIsThatOfSpringMvc() throws Exception {
		try (RawHttpClient client = server.client()) {
			assertThat(client.get("/cast-web-request?id=1").body()).isEqualTo("1");
			server.awaitBalance();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "POST|application/x-www-form-urlencoded|Content-Length: 100",
			"POST|APPLICATION/X-WWW-FORM-URLENCODED;charset=UTF-8|Transfer-Encoding: chunked",
			"POST|multipart/form-data; boundary=b|Content-Length: 100",
			"POST|multipart/form-data; boundary=b|Transfer-Encoding: chunked",
			"POST|multipart/mixed; boundary=b|Content-Length: 100", "POST|text/plain|Transfer-Encoding: chunked",
			"POST|application/json|Content-Length: 1000000",
			"GET|application/x-www-form-urlencoded|Content-Length: 100",
			"DELETE|application/x-www-form-urlencoded|Transfer-Encoding: chunked" })
	void snapshotWaitsForNoBodyThatTheHandlerHasNotRead(String request) throws Exception {
		String[] parts = request.split("\\|");
		try (RawHttpClient client = unread.client()) {
			client.sendRaw(parts[0] + " /unread-form?id=1%202&id=3 HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
					+ parts[1] + "\r\n" + parts[2] + "\r\n\r\n");
			assertThat(client.read(parts[0]).body()).isEqualTo("answer");
			assertThat(unread.bean(LateReads.class).snapshots.poll(10, TimeUnit.SECONDS))
				.isEqualTo(Map.of("id", List.of("1 2", "3")));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "POST /form?id=1", "POST /form-body", "PUT /form?id=1" })
	void snapshotHasTheFormThatTheHandlerHasRead(String request) throws Exception {
		try (RawHttpClient client = server.client()) {
			client.sendRaw(request + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
					+ "application/x-www-form-urlencoded\r\nContent-Length: 8\r\n\r\nname=a+b");
			assertThat(client.read("POST").body()).isEqualTo("answer");
			assertThat(server.bean(LateReads.class).snapshots.poll(10, TimeUnit.SECONDS)).containsEntry("name",
					List.of("a b"));
		}
	}

	@Test
	void isSimplyNotThereWithoutGuard() throws Exception {
		try (RunningServer unguarded = start("early-response.context.request-guard=false");
				RawHttpClient client = unguarded.client()) {
			assertThat(client.get("/no-holder?id=1").body()).isEqualTo("1");
			assertThat(unguarded.awaitBalance().onlyResult().outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		}
	}

	@Test
	void annotatedHandlerCalledInPostPhaseIsPlainMethod() throws Exception {
		try (RawHttpClient client = server.client()) {
			assertThat(client.get("/calls-handler?id=1").body()).isEqualTo("1");
			assertThat(server.awaitBalance().onlyResult().outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		}
	}

	@Test
	void lateReadsNeverSeeAnotherRequest() throws Exception {
		assertNoCrossReads(4_000);
	}

	@Test
	@Tag("load")
	void lateReadsNeverSeeAnotherRequestUnderLoad() throws Exception {
		assertNoCrossReads(100_000);
	}

	/**
	 * The load of spring-framework#28741: a late read makes the container parse and cache
	 * parameters in a request object that already serves somebody else.
	 */
	private static void assertNoCrossReads(int requests) throws Exception {
		int connections = 16;
		ExecutorService clients = Executors.newFixedThreadPool(connections);
		try (RunningServer loaded = start("early-response.executor.queue-capacity=200000",
				"server.tomcat.max-keep-alive-requests=-1", "logging.level.io.github.earlyresponse=off")) {
			List<Future<Void>> loads = IntStream.range(0, connections).mapToObj((connection) -> clients.submit(() -> {
				try (RawHttpClient client = loaded.client()) {
					for (int i = 0; i < requests / connections; i++) {
						String id = connection + "-" + i;
						assertThat(client.get("/late?id=" + id).body()).isEqualTo(id);
					}
				}
				return (Void) null;
			})).toList();
			for (Future<Void> load : loads) {
				load.get();
			}
			loaded.awaitBalance();
			assertThat(loaded.bean(LateReads.class).values).as("what late reads saw").isEmpty();
			assertThat(loaded.bean(LateReads.class).refused).hasValue(6 * requests);
			assertThat(loaded.listener().outcomes()).containsOnly(PostPhaseOutcome.COMPLETED).hasSize(requests);
		}
		finally {
			clients.shutdownNow();
		}
	}

	private static RunningServer start(String... properties) {
		return RunningServer.start(List.of(Handlers.class, Scoped.class, LateReads.class, AsyncEnds.class), properties);
	}

	@Configuration(proxyBeanMethods = false)
	static class Scoped {

		@Bean
		@RequestScope
		Basket basket() {
			return new Basket();
		}

	}

	static class Basket {

		private String content = "";

		void add(String item) {
			this.content += item;
		}

		String content() {
			return this.content;
		}

	}

	@RestController
	static class KeptResponse {

		@GetMapping("/kept-response")
		@RespondThenContinue
		void handle(HttpServletResponse response, AfterResponse after) throws IOException {
			after.run("late", (context) -> response.getWriter().write("late"));
			response.getWriter().write("kept");
		}

	}

	static class KeepingFilter implements Filter {

		@Override
		public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
				throws IOException, ServletException {
			StringWriter kept = new StringWriter();
			PrintWriter writer = new PrintWriter(kept);
			chain.doFilter(request, new HttpServletResponseWrapper((HttpServletResponse) response) {

				@Override
				public PrintWriter getWriter() {
					return writer;
				}

			});
			response.getWriter().write(kept.toString());
		}

	}

	/**
	 * Reads the request when it is told its end, as an observation does.
	 */
	static class AsyncEnds implements Filter {

		final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

		@Override
		public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
				throws IOException, ServletException {
			chain.doFilter(request, response);
			if (request.isAsyncStarted()) {
				request.getAsyncContext().addListener(new AsyncListener() {

					@Override
					public void onComplete(AsyncEvent event) {
						AsyncEnds.this.seen
							.add(request.getParameter("id") + " " + ((HttpServletResponse) response).getStatus());
					}

					@Override
					public void onTimeout(AsyncEvent event) {
					}

					@Override
					public void onError(AsyncEvent event) {
					}

					@Override
					public void onStartAsync(AsyncEvent event) {
					}

				});
			}
		}

	}

	static class LateReads {

		final Queue<Object> values = new ConcurrentLinkedQueue<>();

		final AtomicInteger refused = new AtomicInteger();

		final BlockingQueue<Map<String, List<String>>> snapshots = new LinkedBlockingQueue<>();

	}

	@RestController
	static class Handlers {

		private final HttpServletRequest injected;

		private final Basket basket;

		private final LateReads lateReads;

		private final ObjectProvider<Handlers> self;

		Handlers(HttpServletRequest injected, Basket basket, LateReads lateReads, ObjectProvider<Handlers> self) {
			this.injected = injected;
			this.basket = basket;
			this.lateReads = lateReads;
			this.self = self;
		}

		@GetMapping("/captured-request")
		@RespondThenContinue
		String capturedRequest(@RequestParam String id, HttpServletRequest request, AfterResponse after) {
			after.run("late", (context) -> request.getParameter("id"));
			return request.getParameter("id");
		}

		@GetMapping("/captured-response")
		@RespondThenContinue
		String capturedResponse(@RequestParam String id, HttpServletResponse response, AfterResponse after) {
			after.run("late", (context) -> response.setHeader("X-Late", "1"));
			return id;
		}

		@GetMapping("/trailer")
		@RespondThenContinue
		String trailer(HttpServletRequest request, HttpServletResponse response, AfterResponse after) {
			response.setTrailerFields(() -> Map.of("X-Id", request.getParameter("id")));
			after.run("late", (context) -> {
			});
			return "with a trailer";
		}

		@GetMapping("/captured-web-request")
		@RespondThenContinue
		String capturedWebRequest(NativeWebRequest request, AfterResponse after) {
			after.run("late", (context) -> request.getParameter("id"));
			return request.getParameter("id");
		}

		@RequestMapping("/unread-form")
		@RespondThenContinue
		String unreadForm(AfterResponse after) {
			return keepSnapshot(after);
		}

		@RequestMapping("/form")
		@RespondThenContinue
		String form(@RequestParam String name, AfterResponse after) {
			return keepSnapshot(after);
		}

		@PostMapping("/form-body")
		@RespondThenContinue
		String formBody(@RequestBody MultiValueMap<String, String> form, AfterResponse after) {
			return keepSnapshot(after);
		}

		private String keepSnapshot(AfterResponse after) {
			after.run("late", (context) -> this.lateReads.snapshots.add(context.request().parameters()));
			return "answer";
		}

		@GetMapping("/async")
		@RespondThenContinue
		CompletableFuture<String> async(HttpServletRequest request, AfterResponse after) {
			after.run("late", (context) -> request.getParameter("id"));
			String id = request.getParameter("id");
			return CompletableFuture.supplyAsync(() -> id);
		}

		@GetMapping("/failing")
		@RespondThenContinue(on = ContinueOn.FAILURE)
		String failing(HttpServletRequest request, AfterResponse after) {
			after.run("late", (context) -> request.getParameter("id"));
			throw new IllegalArgumentException("as the test wants it");
		}

		@GetMapping("/cast-web-request")
		@RespondThenContinue
		String castWebRequest(WebRequest request, AfterResponse after) {
			after.run("late", (context) -> {
			});
			return ((ServletWebRequest) request).getRequest().getParameter("id");
		}

		@GetMapping("/holder")
		@RespondThenContinue
		String holder(@RequestParam String id, AfterResponse after) {
			after.run("late",
					(context) -> ((ServletRequestAttributes) RequestContextHolder.currentRequestAttributes())
						.getRequest()
						.getParameter("id"));
			return id;
		}

		@GetMapping("/no-holder")
		@RespondThenContinue
		String noHolder(@RequestParam String id, AfterResponse after) {
			after.run("late", (context) -> assertThat(RequestContextHolder.getRequestAttributes()).isNull());
			return id;
		}

		@GetMapping("/scoped-bean")
		@RespondThenContinue
		String scopedBean(@RequestParam String id, AfterResponse after) {
			this.basket.add(id);
			after.run("late", (context) -> this.basket.add("late"));
			return this.basket.content();
		}

		@GetMapping("/injected-request")
		@RespondThenContinue
		String injectedRequest(AfterResponse after) {
			after.run("late", (context) -> this.injected.getParameter("id"));
			return this.injected.getParameter("id");
		}

		@GetMapping("/calls-handler")
		@RespondThenContinue
		String callsHandler(@RequestParam String id, AfterResponse after) {
			after.run("late",
					(context) -> assertThat(this.self.getObject().capturedResponse(id, null, new NoAfterResponse()))
						.isEqualTo(id));
			return id;
		}

		@GetMapping("/late")
		@RespondThenContinue
		String late(HttpServletRequest request, AfterResponse after) {
			List<Function<HttpServletRequest, Object>> reads = List.of((each) -> each.getParameter("id"),
					HttpServletRequest::getQueryString, (each) -> each.getAttribute("any"));
			after.run("late", (context) -> reads.forEach((read) -> {
				tryToRead(read, request);
				tryToRead(read, this.injected);
			}));
			return request.getParameter("id");
		}

		private void tryToRead(Function<HttpServletRequest, Object> read, HttpServletRequest request) {
			try {
				this.lateReads.values.add("" + read.apply(request));
			}
			catch (IllegalStateException ex) {
				this.lateReads.refused.incrementAndGet();
			}
		}

	}

	static class NoAfterResponse implements AfterResponse {

		@Override
		public String run(String name, PostPhaseTask task) {
			return "none";
		}

		@Override
		public String call(String name, Object... arguments) {
			return "none";
		}

		@Override
		public String id(String name) {
			return "none";
		}

	}

}
