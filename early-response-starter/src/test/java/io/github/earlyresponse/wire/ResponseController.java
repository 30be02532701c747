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
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.RespondThenContinue;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.filter.ShallowEtagHeaderFilter;
import org.springframework.web.servlet.View;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;
import org.springframework.web.servlet.view.AbstractView;
import org.springframework.web.util.ContentCachingResponseWrapper;

/**
 * Handlers that answer in every way there is, all with the same post-phase.
 */
@Controller
class ResponseController {

	private final Work work;

	ResponseController(Work work) {
		this.work = work;
	}

	@RequestMapping("/ping")
	@ResponseBody
	String ping() {
		return "pong";
	}

	@RequestMapping("/empty")
	@ResponseBody
	@RespondThenContinue("wait")
	void empty() {
	}

	@RequestMapping("/text")
	@ResponseBody
	@RespondThenContinue("wait")
	String text() {
		return "text";
	}

	@RequestMapping("/json")
	@ResponseBody
	@RespondThenContinue("wait")
	List<String> json(@RequestParam int size) {
		return List.of("x".repeat(size));
	}

	@RequestMapping("/bytes")
	@ResponseBody
	@RespondThenContinue("wait")
	byte[] bytes(@RequestParam int size) {
		return new byte[size];
	}

	@PostMapping("/echo")
	@ResponseBody
	@RespondThenContinue("wait")
	Map<String, Object> echo(@RequestBody Map<String, Object> body) {
		return body;
	}

	@RequestMapping("/entity")
	@RespondThenContinue("wait")
	ResponseEntity<List<String>> entity(@RequestParam int size) {
		return ResponseEntity.ok().header("X-Kind", "entity").body(List.of("x".repeat(size)));
	}

	@RequestMapping("/entity-empty")
	@RespondThenContinue("wait")
	ResponseEntity<Void> entityEmpty() {
		return ResponseEntity.ok().build();
	}

	@RequestMapping("/created")
	@RespondThenContinue("wait")
	ResponseEntity<Void> created() {
		return ResponseEntity.created(URI.create("/things/1")).build();
	}

	@RequestMapping("/no-content")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	@RespondThenContinue("wait")
	void noContent() {
	}

	@RequestMapping("/not-modified")
	@RespondThenContinue("wait")
	ResponseEntity<Void> notModified() {
		return ResponseEntity.status(HttpStatus.NOT_MODIFIED).eTag("\"1\"").build();
	}

	@RequestMapping("/redirect-view")
	@RespondThenContinue("wait")
	String redirectView() {
		return "redirect:/ping";
	}

	@RequestMapping("/send-redirect")
	@RespondThenContinue("wait")
	void sendRedirect(HttpServletResponse response) throws IOException {
		response.sendRedirect("/ping");
	}

	@RequestMapping("/view")
	@RespondThenContinue("wait")
	String view() {
		return "greeting";
	}

	@RequestMapping("/download")
	@RespondThenContinue("wait")
	ResponseEntity<Resource> download() {
		return ResponseEntity.ok()
			.contentType(MediaType.APPLICATION_OCTET_STREAM)
			.header(HttpHeaders.CONTENT_DISPOSITION,
					ContentDisposition.attachment().filename("x.bin").build().toString())
			.body(new ByteArrayResource(new byte[50_000]));
	}

	@RequestMapping("/send-text")
	@RespondThenContinue
	void sendText(EarlyResponse<String> early) throws InterruptedException {
		early.send(text());
		this.work.await();
	}

	@RequestMapping("/send")
	@RespondThenContinue
	void send(@RequestParam int size, EarlyResponse<List<String>> early) throws InterruptedException {
		early.send(json(size));
		this.work.await();
	}

	@RequestMapping("/forward-to-send")
	String forwardToSend() {
		return "forward:/send-plain";
	}

	@RequestMapping("/send-plain")
	@RespondThenContinue
	void sendPlain(@RequestParam int size, EarlyResponse<List<String>> early) throws InterruptedException {
		early.send(plain(size));
		this.work.await();
	}

	@RequestMapping("/send-entity")
	@RespondThenContinue
	void sendEntity(@RequestParam int size, EarlyResponse<List<String>> early) throws InterruptedException {
		early.send(entity(size));
		this.work.await();
	}

	@RequestMapping("/send-created")
	@RespondThenContinue
	void sendCreated(EarlyResponse<Void> early) throws InterruptedException {
		early.send(created());
		this.work.await();
	}

	@RequestMapping("/send-no-content")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	@RespondThenContinue
	void sendNoContent(EarlyResponse<Void> early) throws InterruptedException {
		early.send();
		this.work.await();
	}

	@RequestMapping("/send-not-modified")
	@RespondThenContinue
	void sendNotModified(EarlyResponse<Void> early) throws InterruptedException {
		early.send(notModified());
		this.work.await();
	}

	@RequestMapping("/send-download")
	@RespondThenContinue
	void sendDownload(EarlyResponse<Resource> early) throws InterruptedException {
		early.send(download());
		this.work.await();
	}

	@RequestMapping("/writer")
	@RespondThenContinue("wait")
	void writer(@RequestParam int size, HttpServletResponse response) throws IOException {
		response.setContentType("text/plain");
		response.getWriter().write("w".repeat(size));
	}

	@RequestMapping("/output-stream")
	@RespondThenContinue("wait")
	void outputStream(@RequestParam int size, HttpServletResponse response) throws IOException {
		response.setContentType("text/plain");
		response.getOutputStream().write(new byte[size]);
	}

	@RequestMapping("/output-stream-flushed")
	@RespondThenContinue("wait")
	void outputStreamFlushed(HttpServletResponse response) throws IOException {
		response.getOutputStream().write(new byte[10]);
		response.flushBuffer();
		response.getOutputStream().write(new byte[10]);
	}

	@RequestMapping("/forward")
	@RespondThenContinue("wait")
	String forward() {
		return "forward:/plain";
	}

	@RequestMapping("/forward-text")
	@RespondThenContinue("wait")
	String forwardText() {
		return "forward:/ping";
	}

	@RequestMapping("/plain")
	@ResponseBody
	List<String> plain(@RequestParam int size) {
		return List.of("p".repeat(size));
	}

	@RequestMapping("/include")
	@RespondThenContinue("wait")
	void include(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
		response.getOutputStream().write(new byte[10]);
		request.getRequestDispatcher("/plain").include(request, response);
	}

	@RequestMapping("/stream")
	@RespondThenContinue("wait")
	ResponseEntity<StreamingResponseBody> stream(@RequestParam int size) {
		return ResponseEntity.ok().contentType(MediaType.TEXT_PLAIN).body((out) -> write(out, size));
	}

	private static void write(OutputStream out, int size) throws IOException {
		for (int i = 0; i < size / 100; i++) {
			out.write("s".repeat(100).getBytes(StandardCharsets.US_ASCII));
		}
	}

	@RequestMapping("/events")
	@RespondThenContinue("wait")
	SseEmitter events() {
		SseEmitter emitter = new SseEmitter();
		CompletableFuture.runAsync(() -> {
			try {
				emitter.send("first");
				emitter.send("second");
				emitter.complete();
			}
			catch (IOException ex) {
				emitter.completeWithError(ex);
			}
		});
		return emitter;
	}

	@RequestMapping("/future")
	@ResponseBody
	@RespondThenContinue("wait")
	CompletableFuture<List<String>> future(@RequestParam int size) {
		return CompletableFuture.supplyAsync(() -> List.of("f".repeat(size)));
	}

	@RequestMapping("/callable")
	@ResponseBody
	@RespondThenContinue("wait")
	Callable<List<String>> callable(@RequestParam int size) {
		return () -> List.of("c".repeat(size));
	}

	@RequestMapping("/deferred")
	@ResponseBody
	@RespondThenContinue("wait")
	DeferredResult<List<String>> deferred(@RequestParam int size) {
		DeferredResult<List<String>> result = new DeferredResult<>();
		CompletableFuture.runAsync(() -> result.setResult(List.of("d".repeat(size))));
		return result;
	}

	@RequestMapping("/mono")
	@ResponseBody
	@RespondThenContinue("wait")
	Mono<List<String>> mono(@RequestParam int size) {
		return Mono.fromSupplier(() -> List.of("m".repeat(size)));
	}

	@RequestMapping("/redirect-later")
	@RespondThenContinue("wait")
	Callable<String> redirectLater() {
		return () -> "redirect:/ping";
	}

	@RequestMapping("/forward-later")
	@RespondThenContinue("wait")
	Callable<String> forwardLater() {
		return () -> "forward:/plain";
	}

	@RequestMapping("/session")
	@ResponseBody
	@RespondThenContinue("wait")
	String session(HttpSession session) {
		Integer visits = (Integer) session.getAttribute("visits");
		session.setAttribute("visits", (visits != null) ? visits + 1 : 1);
		return "visited before: " + visits;
	}

	/**
	 * The post-phase of all these handlers waits.
	 */
	static class Work {

		private volatile CountDownLatch release = new CountDownLatch(1);

		void block() {
			this.release = new CountDownLatch(1);
		}

		void release() {
			this.release.countDown();
		}

		@PostPhase("wait")
		void await() throws InterruptedException {
			this.release.await(60, TimeUnit.SECONDS);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Web {

		@Bean
		View greeting() {
			return new AbstractView() {

				@Override
				protected void renderMergedOutputModel(Map<String, Object> model, HttpServletRequest request,
						HttpServletResponse response) throws IOException {
					response.setContentType("text/html");
					response.getWriter().write("<p>Good morning</p>");
				}

			};
		}

		@Bean
		ShallowEtagHeaderFilter etagFilter() {
			return new ShallowEtagHeaderFilter() {

				@Override
				protected boolean shouldNotFilter(HttpServletRequest request) {
					return !"etag".equals(request.getParameter("filter"));
				}

			};
		}

		@Bean
		OncePerRequestFilter cachingFilter() {
			return new CachingFilter();
		}

		/**
		 * Security headers on all but streams: Spring Security writes them on the request
		 * thread while the stream is being written on another one, which Tomcat's headers
		 * do not survive.
		 */
		@Bean
		@Order(1)
		SecurityFilterChain streams(HttpSecurity http) {
			return http.securityMatcher("/stream", "/events")
				.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll())
				.headers((headers) -> headers.disable())
				.build();
		}

		@Bean
		@Order(2)
		SecurityFilterChain others(HttpSecurity http) {
			return http.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll())
				.csrf((csrf) -> csrf.disable())
				.build();
		}

	}

	/**
	 * Keeps the body to log it, and writes it when everything else is done, as many
	 * applications do.
	 */
	static class CachingFilter extends OncePerRequestFilter {

		@Override
		protected boolean shouldNotFilter(HttpServletRequest request) {
			return !"cache".equals(request.getParameter("filter"));
		}

		@Override
		protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
				throws ServletException, IOException {
			ContentCachingResponseWrapper wrapper = new ContentCachingResponseWrapper(response);
			chain.doFilter(request, wrapper);
			wrapper.copyBodyToResponse();
		}

	}

}
