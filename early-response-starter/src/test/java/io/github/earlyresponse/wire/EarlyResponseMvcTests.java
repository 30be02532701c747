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
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonView;
import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.context.annotation.Configuration;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is sent in mid-method goes through all of Spring MVC that a returned body goes
 * through. Each handler is there twice: as a plain one, and as one that sends.
 */
class EarlyResponseMvcTests {

	private static RunningServer server;

	private HandlerTrace trace;

	@BeforeAll
	static void start() {
		server = RunningServer.start(List.of(Plain.class, Sending.class, Advice.class, Web.class, HandlerTrace.class));
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@BeforeEach
	void reset() {
		this.trace = server.bean(HandlerTrace.class);
		this.trace.reset();
	}

	@AfterEach
	void release() {
		this.trace.proceed(10);
		server.awaitBalance();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			/created      | 201 | java.lang.String  | created
			/reason       | 202 |                   | "status":202
			/reason-alone | 202 |                   | "status":202
			/animals      | 200 | java.util.List<%s$Animal> | [{"kind":"cat","name":"Tom"},{"kind":"dog","name":"Rex"}]
			/inherited    | 200 | java.util.List<T> | [{"kind":"dog","name":"Rex"}]
			/animal       | 200 | %s$Animal         | {"kind":"cat","name":"Tom"}
			/entity       | 202 | org.springframework.http.ResponseEntity<%s$Animal> | {"kind":"cat","name":"Tom"}
			/view         | 200 | %s$Person         | {"name":"Anna"}
			/text         | 200 | java.lang.String  | text
			/null         | 200 | java.lang.String  |
			/null-status  | 201 |                   |
			""")
	void responseIsThatOfAPlainHandler(String path, int status, String advised, String body) throws Exception {
		RawResponse plain = get(path + "?plain");
		RawResponse early = get(path);
		assertThat(early.withoutDates()).isEqualTo(plain.withoutDates());
		assertThat(early.status()).isEqualTo(status);
		assertThat(early.body()).contains((body != null) ? body : "");
		assertThat(early.header("X-Advised")).as("the type that the advice is told")
			.isEqualTo((advised != null) ? advised.replace("%s", EarlyResponseMvcTests.class.getName()) : null);
		assertThat(this.trace.next()).isEqualTo(Delivery.SENT);
		server.awaitBalance();
		assertThat(server.listener().outcomes()).containsOnly(PostPhaseOutcome.COMPLETED);
	}

	@Test
	void typeOfAnEntityIsFoundWhereTheBodyMayBeAnything() throws Exception {
		RawResponse response = get("/anything");
		assertThat(response.status()).isEqualTo(203);
		assertThat(response.header("X-Any")).isEqualTo("thing");
		assertThat(response.header("Content-Type")).startsWith("text/plain");
		assertThat(response.body()).isEqualTo("anything");
		assertThat(this.trace.next()).isEqualTo(Delivery.SENT);
	}

	@ParameterizedTest
	@CsvSource({ "/watched", "/watched?plain" })
	void interceptorsSeeEachStepOnceAndTheResponseInThem(String path) throws Exception {
		assertThat(get(path).status()).isEqualTo(201);
		server.awaitBalance();
		assertThat(this.trace.next()).isEqualTo("preHandle 200 null");
		assertThat(this.trace.next()).isEqualTo("handler");
		assertThat(this.trace.next()).isEqualTo("postHandle 201 application/json view=null");
		assertThat(this.trace.next()).isEqualTo("afterCompletion 201 application/json null");
		if (!path.endsWith("plain")) {
			assertThat(this.trace.next()).isEqualTo(Delivery.SENT);
		}
		assertThat(this.trace.isEmpty()).isTrue();
	}

	@Test
	void interceptorThatFailsAfterTheHandlerIsAFailureToSend() throws Exception {
		RawResponse plain = get("/post-handle-fails?plain");
		assertThat(plain.status()).isEqualTo(500);
		assertThat(get("/post-handle-fails").withoutDates()).isEqualTo(plain.withoutDates());
		assertThat(this.trace.next()).isInstanceOf(RuntimeException.class)
			.extracting("cause.message")
			.isEqualTo("fails after the handler");
	}

	private static RawResponse get(String path) throws Exception {
		try (RawHttpClient client = server.client()) {
			return client.get(path);
		}
	}

	abstract static class Reading<T> {

		abstract T read();

		@GetMapping(path = "/inherited", params = "plain")
		List<T> inherited() {
			return List.of(read());
		}

	}

	@Controller
	@ResponseBody
	static class Plain extends Reading<Animal> {

		private final HandlerTrace trace;

		Plain(HandlerTrace trace) {
			this.trace = trace;
		}

		@Override
		Animal read() {
			return new Dog("Rex");
		}

		@GetMapping(path = "/created", params = "plain")
		@ResponseStatus(HttpStatus.CREATED)
		String created() {
			return "created";
		}

		@GetMapping(path = "/reason", params = "plain")
		@ResponseStatus(code = HttpStatus.ACCEPTED, reason = "because")
		String reason() {
			return "reason";
		}

		@GetMapping(path = "/reason-alone", params = "plain")
		@ResponseStatus(code = HttpStatus.ACCEPTED, reason = "because")
		void reasonAlone() {
		}

		@GetMapping(path = "/animals", params = "plain")
		List<Animal> animals() {
			return List.of(new Cat("Tom"), new Dog("Rex"));
		}

		@GetMapping(path = "/animal", params = "plain")
		Animal animal() {
			return new Cat("Tom");
		}

		@GetMapping(path = "/entity", params = "plain")
		ResponseEntity<Animal> entity() {
			return ResponseEntity.accepted().header("X-Entity", "yes").body(new Cat("Tom"));
		}

		@GetMapping(path = "/view", params = "plain")
		@JsonView(Public.class)
		Person view() {
			return new Person("Anna", "secret");
		}

		@GetMapping(path = "/text", params = "plain", produces = "text/plain;charset=iso-8859-1")
		String text() {
			return "text";
		}

		@GetMapping(path = "/null", params = "plain")
		String nothing() {
			return null;
		}

		@GetMapping(path = "/null-status", params = "plain")
		@ResponseStatus(HttpStatus.CREATED)
		String nothingCreated() {
			return null;
		}

		@GetMapping(path = "/watched", params = "plain")
		@ResponseStatus(HttpStatus.CREATED)
		Map<String, String> watched() {
			this.trace.note("handler");
			return Map.of("size", "small");
		}

		@GetMapping(path = "/post-handle-fails", params = "plain")
		Map<String, String> fails() {
			return Map.of("size", "small");
		}

	}

	abstract static class Writing<T> {

		abstract void send(EarlyResponse<List<T>> early);

		@GetMapping(path = "/inherited", params = "!plain")
		@RespondThenContinue
		void inherited(EarlyResponse<List<T>> early) {
			send(early);
		}

	}

	@Controller
	static class Sending extends Writing<Animal> {

		private final HandlerTrace trace;

		Sending(HandlerTrace trace) {
			this.trace = trace;
		}

		@Override
		void send(EarlyResponse<List<Animal>> early) {
			this.trace.note(early.send(List.of(new Dog("Rex"))));
		}

		@GetMapping(path = "/created", params = "!plain")
		@ResponseStatus(HttpStatus.CREATED)
		@RespondThenContinue
		void created(EarlyResponse<String> early) {
			this.trace.note(early.send("created"));
		}

		@GetMapping(path = "/reason", params = "!plain")
		@ResponseStatus(code = HttpStatus.ACCEPTED, reason = "because")
		@RespondThenContinue
		void reason(EarlyResponse<String> early) {
			this.trace.note(early.send("reason"));
		}

		@GetMapping(path = "/reason-alone", params = "!plain")
		@ResponseStatus(code = HttpStatus.ACCEPTED, reason = "because")
		@RespondThenContinue
		void reasonAlone(EarlyResponse<Void> early) {
			this.trace.note(early.send());
		}

		@GetMapping(path = "/animals", params = "!plain")
		@RespondThenContinue
		void animals(EarlyResponse<List<Animal>> early) {
			this.trace.note(early.send(List.of(new Cat("Tom"), new Dog("Rex"))));
		}

		@GetMapping(path = "/animal", params = "!plain")
		@RespondThenContinue
		void animal(EarlyResponse<Animal> early) {
			this.trace.note(early.send(new Cat("Tom")));
		}

		@GetMapping(path = "/entity", params = "!plain")
		@RespondThenContinue
		void entity(EarlyResponse<Animal> early) {
			this.trace
				.note(early.send(ResponseEntity.accepted().header("X-Entity", "yes").body((Animal) new Cat("Tom"))));
		}

		@GetMapping(path = "/view", params = "!plain")
		@JsonView(Public.class)
		@RespondThenContinue
		void view(EarlyResponse<Person> early) {
			this.trace.note(early.send(new Person("Anna", "secret")));
		}

		@GetMapping(path = "/text", params = "!plain", produces = "text/plain;charset=iso-8859-1")
		@RespondThenContinue
		void text(EarlyResponse<String> early) {
			this.trace.note(early.send("text"));
		}

		@GetMapping(path = "/null", params = "!plain")
		@RespondThenContinue
		void nothing(EarlyResponse<String> early) {
			this.trace.note(early.send());
		}

		@GetMapping(path = "/null-status", params = "!plain")
		@ResponseStatus(HttpStatus.CREATED)
		@RespondThenContinue
		void nothingCreated(EarlyResponse<String> early) {
			this.trace.note(early.send());
		}

		@GetMapping("/anything")
		@RespondThenContinue
		void anything(EarlyResponse<Object> early) {
			ResponseEntity<String> response = ResponseEntity.status(203).header("X-Any", "thing").body("anything");
			this.trace.note(early.send(response));
		}

		@GetMapping(path = "/watched", params = "!plain")
		@ResponseStatus(HttpStatus.CREATED)
		@RespondThenContinue
		void watched(EarlyResponse<Map<String, String>> early) {
			this.trace.note("handler");
			this.trace.note(early.send(Map.of("size", "small")));
		}

		@GetMapping(path = "/post-handle-fails", params = "!plain")
		@RespondThenContinue
		void fails(EarlyResponse<Map<String, String>> early) {
			this.trace.noteResultOf(() -> early.send(Map.of("size", "small")));
		}

	}

	@ControllerAdvice
	static class Advice implements ResponseBodyAdvice<Object> {

		@Override
		public boolean supports(MethodParameter returnType, Class<? extends HttpMessageConverter<?>> converterType) {
			return returnType.getContainingClass() == Plain.class || returnType.getContainingClass() == Sending.class;
		}

		@Override
		public Object beforeBodyWrite(Object body, MethodParameter returnType, MediaType selectedContentType,
				Class<? extends HttpMessageConverter<?>> selectedConverterType, ServerHttpRequest request,
				ServerHttpResponse response) {
			response.getHeaders().add("X-Advised", returnType.getGenericParameterType().getTypeName());
			return body;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Web implements WebMvcConfigurer {

		private final HandlerTrace trace;

		Web(HandlerTrace trace) {
			this.trace = trace;
		}

		@Override
		public void addInterceptors(InterceptorRegistry registry) {
			registry.addInterceptor(new Watcher(this.trace)).addPathPatterns("/watched");
			registry.addInterceptor(new Failing()).addPathPatterns("/post-handle-fails");
		}

	}

	static class Failing implements HandlerInterceptor {

		@Override
		public void postHandle(HttpServletRequest request, HttpServletResponse response, Object handler,
				ModelAndView modelAndView) {
			throw new IllegalStateException("fails after the handler");
		}

	}

	record Watcher(HandlerTrace trace) implements HandlerInterceptor {

		@Override
		public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
			this.trace.note("preHandle " + describe(response));
			return true;
		}

		@Override
		public void postHandle(HttpServletRequest request, HttpServletResponse response, Object handler,
				ModelAndView modelAndView) {
			this.trace.note("postHandle " + describe(response) + " view=" + modelAndView);
		}

		@Override
		public void afterCompletion(HttpServletRequest request, HttpServletResponse response, Object handler,
				Exception ex) {
			this.trace.note("afterCompletion " + describe(response) + " " + ex);
		}

		private static String describe(HttpServletResponse response) {
			return response.getStatus() + " " + response.getContentType();
		}

	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
	@JsonSubTypes({ @JsonSubTypes.Type(value = Cat.class, name = "cat"),
			@JsonSubTypes.Type(value = Dog.class, name = "dog") })
	interface Animal {

		String name();

	}

	record Cat(String name) implements Animal {
	}

	record Dog(String name) implements Animal {
	}

	interface Public {

	}

	record Person(@JsonView(Public.class) String name, String secret) {
	}

}
