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
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Collection;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.Http2Client;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.Part;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.RequestEntity;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.annotation.CurrentSecurityContext;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.ui.Model;
import org.springframework.ui.ModelMap;
import org.springframework.util.MultiValueMap;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.annotation.CookieValue;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.support.SessionStatus;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.multipart.MultipartHttpServletRequest;
import org.springframework.web.multipart.MultipartRequest;
import org.springframework.web.multipart.support.StandardMultipartHttpServletRequest;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.util.UriComponentsBuilder;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every type of argument that Spring MVC resolves, used after the response while the next
 * request on the same connection is being handled: it tells of its own request, or what
 * to use instead, and writes nothing into the next response.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CapturedArgumentTests {

	private RunningServer server;

	@BeforeAll
	void start() {
		this.server = RunningServer.startSecured(List.of(Captured.class, Sent.class, Taken.class, PostPhases.class,
				Next.class, Late.class, Security.class), "server.http2.enabled=true");
	}

	@AfterAll
	void stop() {
		this.server.close();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void tellsOfItsOwnRequest(boolean http2) throws Exception {
		checkAll(http2, "/captured", "/taken");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void tellsOfItsOwnRequestInTheRestOfTheHandler(boolean http2) throws Exception {
		checkAll(http2, "/sent");
	}

	private void checkAll(boolean http2, String... groups) {
		SoftAssertions all = new SoftAssertions();
		for (String path : Late.paths(groups)) {
			all.check(() -> check(http2, path));
		}
		all.assertAll();
		this.server.awaitBalance();
	}

	private void check(boolean http2, String path) throws Exception {
		Late late = this.server.bean(Late.class);
		late.begin();
		try (Client client = Client.connect(this.server.port(), http2)) {
			String answer = client.post(path + "?id=first", "first", path.contains("part")).body();
			RawResponse next = client.post("/next?id=second", "second", path.contains("part"));
			String read = late.result.get(20, TimeUnit.SECONDS);
			assertThat(answer).as(path + ": the response").isEqualTo("answer");
			assertThat(next.body()).as(path + ": the next response").isEqualTo("next");
			assertThat(next.head()).as(path + ": the next response").doesNotContainIgnoringCase("first");
			assertThat(read).as(path).doesNotContain("second");
			switch (path.substring(path.indexOf('/', 1) + 1).split("-")[0]) {
				case "own" -> assertThat(read).as(path).startsWith("read: ").contains("first");
				case "ended" -> assertThat(read).as(path)
					.startsWith("refused: ")
					.containsAnyOf("RequestSnapshot", "nothing can be added to it", "the upload was deleted",
							"request is not active anymore");
				default -> assertThat(read).as(path).isNotNull();
			}
		}
		catch (Exception ex) {
			throw new AssertionError(path + ": " + ex, ex);
		}
	}

	private static Object write(OutputStream out) throws IOException {
		out.write("first".getBytes(StandardCharsets.UTF_8));
		out.flush();
		return "first was written";
	}

	private static Object write(Writer writer) throws IOException {
		writer.write("first");
		writer.flush();
		return "first was written";
	}

	private static Object header(HttpServletResponse response) {
		response.setHeader("X-Late", "first");
		return "first was added";
	}

	interface Client extends AutoCloseable {

		RawResponse post(String path, String id, boolean multipart) throws IOException;

		@Override
		void close() throws IOException;

		static Client connect(int port, boolean http2) throws IOException {
			return (http2) ? new Http2(new Http2Client(port, false)) : new Http1(new RawHttpClient(port));
		}

		static byte[] body(String id, boolean multipart) {
			String body = (multipart)
					? "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + id
							+ ".txt\"\r\nContent-Type: text/plain\r\n\r\ncontent of " + id + "\r\n--b--\r\n"
					: "body of " + id;
			return body.getBytes(StandardCharsets.UTF_8);
		}

		static String[] headers(String id, boolean multipart) {
			return new String[] { "Accept-Language: " + id, "X-Id: " + id, "Cookie: id=" + id,
					"Content-Type: " + (multipart ? "multipart/form-data; boundary=b" : "text/plain"),
					"Content-Length: " + body(id, multipart).length };
		}

	}

	private record Http1(RawHttpClient client) implements Client {

		@Override
		public RawResponse post(String path, String id, boolean multipart) throws IOException {
			String head = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\n"
					+ String.join("\r\n", Client.headers(id, multipart)) + "\r\n\r\n";
			this.client.sendRaw(head + new String(Client.body(id, multipart), StandardCharsets.UTF_8));
			return this.client.read("POST");
		}

		@Override
		public void close() throws IOException {
			this.client.close();
		}

	}

	private record Http2(Http2Client client) implements Client {

		@Override
		public RawResponse post(String path, String id, boolean multipart) throws IOException {
			return this.client.send("POST", path, Client.body(id, multipart), Client.headers(id, multipart)).read();
		}

		@Override
		public void close() {
			this.client.close();
		}

	}

	/**
	 * What is done with an argument after the response.
	 */
	@FunctionalInterface
	interface Use {

		Object apply() throws Exception;

	}

	static class Late {

		private CountDownLatch nextIsHere;

		private CountDownLatch used;

		private CompletableFuture<String> result;

		void begin() {
			this.nextIsHere = new CountDownLatch(1);
			this.used = new CountDownLatch(1);
			this.result = new CompletableFuture<>();
		}

		void next() throws InterruptedException {
			this.nextIsHere.countDown();
			this.used.await(10, TimeUnit.SECONDS);
		}

		void use(Use use) throws InterruptedException {
			this.nextIsHere.await(10, TimeUnit.SECONDS);
			String result;
			try {
				result = "read: " + text(use.apply());
			}
			catch (Throwable ex) {
				result = "refused: " + ex + ((ex.getCause() != null) ? " because of " + ex.getCause() : "");
			}
			this.used.countDown();
			this.result.complete(result);
		}

		private static Object text(Object value) throws Exception {
			if (value instanceof Enumeration<?> || value instanceof Collection<?>) {
				StringBuilder text = new StringBuilder();
				Iterable<?> values = (value instanceof Enumeration<?> names)
						? () -> (java.util.Iterator) names.asIterator() : (Collection<?>) value;
				for (Object each : values) {
					text.append(text(each)).append(' ');
				}
				return text;
			}
			if (value instanceof InputStream in) {
				return new String(in.readAllBytes(), StandardCharsets.UTF_8);
			}
			if (value instanceof Map<?, ?> map) {
				StringBuilder text = new StringBuilder();
				for (Map.Entry<?, ?> each : map.entrySet()) {
					text.append(each.getKey()).append('=').append(text(each.getValue())).append(' ');
				}
				return text;
			}
			return (value instanceof Object[] values) ? Arrays.asList(values) : value;
		}

		static List<String> paths(String... groups) {
			return List.of(Captured.class, Sent.class, Taken.class)
				.stream()
				.filter((type) -> List.of(groups).contains(type.getAnnotation(RequestMapping.class).path()[0]))
				.flatMap((type) -> Arrays.stream(type.getDeclaredMethods())
					.filter((method) -> method.isAnnotationPresent(PostMapping.class))
					.map((method) -> type.getAnnotation(RequestMapping.class).path()[0]
							+ method.getAnnotation(PostMapping.class).path()[0].replace("{id}", "first")))
				.sorted()
				.toList();
		}

	}

	@RestController
	static class Next {

		private final Late late;

		Next(Late late) {
			this.late = late;
		}

		@PostMapping("/next")
		String next() throws InterruptedException {
			this.late.next();
			return "next";
		}

	}

	record Form(String id) {

	}

	/**
	 * Captured by the task of {@code AfterResponse.run}. The name tells what is expected.
	 */
	@RestController
	@RequestMapping(path = "/captured")
	static class Captured {

		private final Late late;

		@Autowired
		private HttpServletRequest injectedRequest;

		@Autowired
		private HttpServletResponse injectedResponse;

		@Autowired
		private HttpSession injectedSession;

		@Autowired
		private WebRequest injectedWebRequest;

		Captured(Late late) {
			this.late = late;
		}

		private String late(AfterResponse after, Use use) {
			after.run("late", (context) -> this.late.use(use));
			return "answer";
		}

		@PostMapping(path = "/own-request-locales")
		@RespondThenContinue
		String ownRequestLocales(HttpServletRequest request, AfterResponse after) {
			Enumeration<Locale> locales = request.getLocales();
			return late(after, () -> locales);
		}

		@PostMapping(path = "/own-request-locales-of-callable")
		@RespondThenContinue
		Callable<String> ownRequestLocalesOfCallable(HttpServletRequest request, AfterResponse after) {
			return () -> {
				Enumeration<Locale> locales = request.getLocales();
				return late(after, () -> locales);
			};
		}

		@PostMapping(path = "/any-request-attribute-names")
		@RespondThenContinue
		String anyRequestAttributeNames(HttpServletRequest request, AfterResponse after) {
			request.setAttribute("first", "first");
			Enumeration<String> names = request.getAttributeNames();
			return late(after, () -> names);
		}

		@PostMapping(path = "/ended-injected-request")
		@RespondThenContinue
		String endedInjectedRequest(AfterResponse after) {
			return late(after, () -> this.injectedRequest.getHeader("X-Id"));
		}

		@PostMapping(path = "/ended-injected-session")
		@RespondThenContinue
		String endedInjectedSession(AfterResponse after) {
			return late(after, () -> this.injectedSession.getId());
		}

		@PostMapping(path = "/ended-injected-response")
		@RespondThenContinue
		String endedInjectedResponse(AfterResponse after) {
			return late(after, () -> write(this.injectedResponse.getOutputStream()));
		}

		@PostMapping(path = "/ended-injected-web-request")
		@RespondThenContinue
		String endedInjectedWebRequest(AfterResponse after) {
			return late(after, () -> this.injectedWebRequest.getHeader("X-Id"));
		}

		@PostMapping(path = "/own-request-param")
		@RespondThenContinue
		String ownRequestParam(@RequestParam String id, AfterResponse after) {
			return late(after, () -> id);
		}

		@PostMapping(path = "/own-request-params")
		@RespondThenContinue
		String ownRequestParams(@RequestParam Map<String, String> params, AfterResponse after) {
			return late(after, () -> params);
		}

		@PostMapping(path = "/own-request-multi-params")
		@RespondThenContinue
		String ownRequestMultiParams(@RequestParam MultiValueMap<String, String> params, AfterResponse after) {
			return late(after, () -> params);
		}

		@PostMapping(path = "/own-path-variable/{id}")
		@RespondThenContinue
		String ownPathVariable(@PathVariable String id, AfterResponse after) {
			return late(after, () -> id);
		}

		@PostMapping(path = "/own-path-variables/{id}")
		@RespondThenContinue
		String ownPathVariables(@PathVariable Map<String, String> variables, AfterResponse after) {
			return late(after, () -> variables);
		}

		@PostMapping(path = "/own-model-attribute")
		@RespondThenContinue
		String ownModelAttribute(@ModelAttribute Form form, AfterResponse after) {
			return late(after, () -> form.id());
		}

		@PostMapping(path = "/own-body")
		@RespondThenContinue
		String ownBody(@RequestBody String body, AfterResponse after) {
			return late(after, () -> body);
		}

		@PostMapping(path = "/own-body-bytes")
		@RespondThenContinue
		String ownBodyBytes(@RequestBody byte[] body, AfterResponse after) {
			return late(after, () -> new String(body, StandardCharsets.UTF_8));
		}

		@PostMapping(path = "/own-body-resource")
		@RespondThenContinue
		String ownBodyResource(@RequestBody Resource body, AfterResponse after) {
			return late(after, () -> body.getInputStream());
		}

		@PostMapping(path = "/ended-body-stream")
		@RespondThenContinue
		String endedBodyStream(@RequestBody InputStreamResource body, AfterResponse after) {
			return late(after, () -> body.getInputStream());
		}

		@PostMapping(path = "/own-part-bytes")
		@RespondThenContinue
		String ownPartBytes(@RequestPart("file") byte[] file, AfterResponse after) {
			return late(after, () -> new String(file, StandardCharsets.UTF_8));
		}

		@PostMapping(path = "/ended-part-file")
		@RespondThenContinue
		String endedPartFile(@RequestPart("file") MultipartFile file, AfterResponse after) {
			return late(after, () -> file.getInputStream());
		}

		@PostMapping(path = "/ended-part-servlet")
		@RespondThenContinue
		String endedPartServlet(@RequestPart("file") Part file, AfterResponse after) {
			return late(after, () -> file.getInputStream());
		}

		@PostMapping(path = "/own-header")
		@RespondThenContinue
		String ownHeader(@RequestHeader("X-Id") String id, AfterResponse after) {
			return late(after, () -> id);
		}

		@PostMapping(path = "/own-headers")
		@RespondThenContinue
		String ownHeaders(@RequestHeader HttpHeaders headers, AfterResponse after) {
			return late(after, () -> headers.toString());
		}

		@PostMapping(path = "/own-header-map")
		@RespondThenContinue
		String ownHeaderMap(@RequestHeader Map<String, String> headers, AfterResponse after) {
			return late(after, () -> headers);
		}

		@PostMapping(path = "/own-header-multi-map")
		@RespondThenContinue
		String ownHeaderMultiMap(@RequestHeader MultiValueMap<String, String> headers, AfterResponse after) {
			return late(after, () -> headers);
		}

		@PostMapping(path = "/own-cookie")
		@RespondThenContinue
		String ownCookie(@CookieValue("id") Cookie id, AfterResponse after) {
			return late(after, () -> id.getValue());
		}

		@PostMapping(path = "/own-cookie-value")
		@RespondThenContinue
		String ownCookieValue(@CookieValue("id") String id, AfterResponse after) {
			return late(after, () -> id);
		}

		@PostMapping(path = "/ended-request")
		@RespondThenContinue
		String endedRequest(HttpServletRequest request, AfterResponse after) {
			return late(after, () -> request.getHeader("X-Id"));
		}

		@PostMapping(path = "/ended-request-attribute")
		@RespondThenContinue
		String endedRequestAttribute(HttpServletRequest request, AfterResponse after) {
			return late(after, () -> request.getAttribute("id"));
		}

		@PostMapping(path = "/ended-request-headers")
		@RespondThenContinue
		String endedRequestHeaders(HttpServletRequest request, AfterResponse after) {
			return late(after, () -> request.getHeaderNames());
		}

		@PostMapping(path = "/ended-request-parameters")
		@RespondThenContinue
		String endedRequestParameters(HttpServletRequest request, AfterResponse after) {
			return late(after, () -> request.getParameterMap());
		}

		@PostMapping(path = "/ended-request-session")
		@RespondThenContinue
		String endedRequestSession(HttpServletRequest request, AfterResponse after) {
			return late(after, () -> request.getSession());
		}

		@PostMapping(path = "/ended-request-cookies")
		@RespondThenContinue
		String endedRequestCookies(HttpServletRequest request, AfterResponse after) {
			return late(after, () -> request.getCookies());
		}

		@PostMapping(path = "/ended-request-query")
		@RespondThenContinue
		String endedRequestQuery(HttpServletRequest request, AfterResponse after) {
			return late(after, () -> request.getQueryString());
		}

		@PostMapping(path = "/ended-request-stream")
		@RespondThenContinue
		String endedRequestStream(HttpServletRequest request, AfterResponse after) {
			return late(after, () -> request.getInputStream());
		}

		@PostMapping(path = "/ended-request-reader")
		@RespondThenContinue
		String endedRequestReader(HttpServletRequest request, AfterResponse after) {
			return late(after, () -> request.getReader().readLine());
		}

		@PostMapping(path = "/ended-request-async")
		@RespondThenContinue
		String endedRequestAsync(HttpServletRequest request, AfterResponse after) {
			return late(after, () -> request.startAsync());
		}

		@PostMapping(path = "/ended-servlet-request")
		@RespondThenContinue
		String endedServletRequest(ServletRequest request, AfterResponse after) {
			return late(after, () -> request.getParameter("id"));
		}

		@PostMapping(path = "/ended-web-request")
		@RespondThenContinue
		String endedWebRequest(WebRequest request, AfterResponse after) {
			return late(after, () -> request.getHeader("X-Id"));
		}

		@PostMapping(path = "/ended-web-request-attribute")
		@RespondThenContinue
		String endedWebRequestAttribute(WebRequest request, AfterResponse after) {
			return late(after, () -> request.getAttribute("id", RequestAttributes.SCOPE_REQUEST));
		}

		@PostMapping(path = "/ended-web-request-description")
		@RespondThenContinue
		String endedWebRequestDescription(WebRequest request, AfterResponse after) {
			return late(after, () -> request.getDescription(true));
		}

		@PostMapping(path = "/ended-native-web-request")
		@RespondThenContinue
		String endedNativeWebRequest(NativeWebRequest request, AfterResponse after) {
			return late(after, () -> request.getParameter("id"));
		}

		@PostMapping(path = "/ended-native-request")
		@RespondThenContinue
		String endedNativeRequest(NativeWebRequest request, AfterResponse after) {
			return late(after, () -> request.getNativeRequest(HttpServletRequest.class).getHeader("X-Id"));
		}

		@PostMapping(path = "/ended-native-response")
		@RespondThenContinue
		String endedNativeResponse(NativeWebRequest request, AfterResponse after) {
			return late(after, () -> write(request.getNativeResponse(HttpServletResponse.class).getOutputStream()));
		}

		@PostMapping(path = "/ended-servlet-web-request")
		@RespondThenContinue
		String endedServletWebRequest(ServletWebRequest request, AfterResponse after) {
			return late(after, () -> request.getRequest().getHeader("X-Id"));
		}

		@PostMapping(path = "/ended-cast-web-request")
		@RespondThenContinue
		String endedCastWebRequest(WebRequest request, AfterResponse after) {
			return late(after, () -> ((ServletWebRequest) request).getRequest().getHeader("X-Id"));
		}

		@PostMapping(path = "/ended-server-request")
		@RespondThenContinue
		String endedServerRequest(HttpServletRequest request, AfterResponse after) {
			return late(after, () -> new ServletServerHttpRequest(request).getHeaders().getFirst("X-Id"));
		}

		@PostMapping(path = "/ended-part-multipart-request")
		@RespondThenContinue
		String endedPartMultipartRequest(MultipartRequest request, AfterResponse after) {
			return late(after, () -> request.getFile("file").getInputStream());
		}

		@PostMapping(path = "/ended-part-multipart-servlet-request")
		@RespondThenContinue
		String endedPartMultipartServletRequest(MultipartHttpServletRequest request, AfterResponse after) {
			return late(after, () -> request.getFile("file").getInputStream());
		}

		@PostMapping(path = "/ended-part-multipart-header")
		@RespondThenContinue
		String endedPartMultipartHeader(MultipartHttpServletRequest request, AfterResponse after) {
			return late(after, () -> request.getHeader("X-Id"));
		}

		@PostMapping(path = "/ended-part-multipart-standard")
		@RespondThenContinue
		String endedPartMultipartStandard(StandardMultipartHttpServletRequest request, AfterResponse after) {
			return late(after, () -> request.getFile("file").getBytes());
		}

		@PostMapping(path = "/ended-part-parts")
		@RespondThenContinue
		String endedPartParts(HttpServletRequest request, AfterResponse after) {
			return late(after, () -> request.getPart("file").getInputStream());
		}

		@PostMapping(path = "/ended-session")
		@RespondThenContinue
		String endedSession(HttpSession session, AfterResponse after) {
			return late(after, () -> session.getId());
		}

		@PostMapping(path = "/ended-input-stream")
		@RespondThenContinue
		String endedInputStream(InputStream in, AfterResponse after) {
			return late(after, () -> in);
		}

		@PostMapping(path = "/ended-servlet-input-stream")
		@RespondThenContinue
		String endedServletInputStream(ServletInputStream in, AfterResponse after) {
			return late(after, () -> in);
		}

		@PostMapping(path = "/ended-reader")
		@RespondThenContinue
		String endedReader(Reader reader, AfterResponse after) {
			return late(after, () -> String.valueOf(reader.read()));
		}

		@PostMapping(path = "/own-method")
		@RespondThenContinue
		String ownMethod(HttpMethod method, @RequestParam String id, AfterResponse after) {
			return late(after, () -> method + id);
		}

		@PostMapping(path = "/own-locale")
		@RespondThenContinue
		String ownLocale(Locale locale, TimeZone timeZone, ZoneId zone, @RequestParam String id, AfterResponse after) {
			return late(after, () -> "" + locale + timeZone + zone + id);
		}

		@PostMapping(path = "/own-principal")
		@RespondThenContinue
		String ownPrincipal(Principal principal, @RequestParam String id, AfterResponse after) {
			return late(after, () -> principal + id);
		}

		@PostMapping(path = "/ended-response")
		@RespondThenContinue
		String endedResponse(HttpServletResponse response, AfterResponse after) {
			return late(after, () -> write(response.getOutputStream()));
		}

		@PostMapping(path = "/ended-response-writer")
		@RespondThenContinue
		String endedResponseWriter(HttpServletResponse response, AfterResponse after) {
			return late(after, () -> write(response.getWriter()));
		}

		@PostMapping(path = "/ended-response-header")
		@RespondThenContinue
		String endedResponseHeader(HttpServletResponse response, AfterResponse after) {
			return late(after, () -> header(response));
		}

		@PostMapping(path = "/ended-servlet-response")
		@RespondThenContinue
		String endedServletResponse(ServletResponse response, AfterResponse after) {
			return late(after, () -> write(response.getOutputStream()));
		}

		@PostMapping(path = "/ended-output-stream")
		@RespondThenContinue
		String endedOutputStream(OutputStream out, AfterResponse after) {
			return late(after, () -> write(out));
		}

		@PostMapping(path = "/ended-servlet-output-stream")
		@RespondThenContinue
		String endedServletOutputStream(ServletOutputStream out, AfterResponse after) {
			return late(after, () -> write(out));
		}

		@PostMapping(path = "/ended-writer")
		@RespondThenContinue
		void endedWriter(Writer writer, AfterResponse after) throws Exception {
			writer.write("answer");
			late(after, () -> write(writer));
		}

		@PostMapping(path = "/ended-print-writer")
		@RespondThenContinue
		void endedPrintWriter(PrintWriter writer, AfterResponse after) throws Exception {
			writer.write("answer");
			late(after, () -> write(writer));
		}

		@PostMapping(path = "/own-entity")
		@RespondThenContinue
		String ownEntity(HttpEntity<String> entity, AfterResponse after) {
			return late(after, () -> entity.getHeaders() + entity.getBody());
		}

		@PostMapping(path = "/own-entity-request")
		@RespondThenContinue
		String ownEntityRequest(RequestEntity<String> entity, AfterResponse after) {
			return late(after, () -> entity.getHeaders() + entity.getBody() + entity.getUrl());
		}

		@PostMapping(path = "/own-entity-map")
		@RespondThenContinue
		String ownEntityMap(HttpEntity<String> entity, AfterResponse after) {
			return late(after, () -> entity.getHeaders().get("X-Id"));
		}

		@PostMapping(path = "/ended-entity-stream")
		@RespondThenContinue
		String endedEntityStream(HttpEntity<InputStreamResource> entity, AfterResponse after) {
			return late(after, () -> entity.getBody().getInputStream());
		}

		@PostMapping(path = "/own-model")
		@RespondThenContinue
		String ownModel(Model model, ModelMap map, SessionStatus status, @RequestParam String id, AfterResponse after) {
			return late(after, () -> "" + model + map + status + id);
		}

		@PostMapping(path = "/own-redirect")
		@RespondThenContinue
		String ownRedirect(RedirectAttributes redirect, @RequestParam String id, AfterResponse after) {
			return late(after, () -> redirect + id);
		}

		@PostMapping(path = "/own-errors")
		@RespondThenContinue
		String ownErrors(@ModelAttribute Form form, BindingResult errors, AfterResponse after) {
			return late(after, () -> form.id() + errors);
		}

		@PostMapping(path = "/own-uri")
		@RespondThenContinue
		String ownUri(UriComponentsBuilder uri, @RequestParam String id, AfterResponse after) {
			return late(after, () -> uri.toUriString() + id);
		}

		@PostMapping(path = "/ended-csrf-token")
		@RespondThenContinue
		String endedCsrfToken(CsrfToken token, AfterResponse after) {
			return late(after, () -> token.getToken());
		}

		@PostMapping(path = "/own-security-context")
		@RespondThenContinue
		String ownSecurityContext(@CurrentSecurityContext SecurityContext context, @RequestParam String id,
				AfterResponse after) {
			return late(after, () -> context + id);
		}

		@PostMapping(path = "/ended-holder")
		@RespondThenContinue
		String endedHolder(AfterResponse after) throws Exception {
			RequestAttributes attributes = RequestContextHolder.currentRequestAttributes();
			return late(after, () -> ((ServletRequestAttributes) attributes).getRequest().getHeader("X-Id"));
		}

		@PostMapping(path = "/ended-holder-attribute")
		@RespondThenContinue
		String endedHolderAttribute(AfterResponse after) throws Exception {
			RequestAttributes attributes = RequestContextHolder.currentRequestAttributes();
			return late(after, () -> attributes.getAttribute("id", RequestAttributes.SCOPE_REQUEST));
		}

		@PostMapping(path = "/ended-request-input-stream")
		@RespondThenContinue
		String endedRequestInputStream(HttpServletRequest request, AfterResponse after) throws Exception {
			InputStream in = request.getInputStream();
			return late(after, () -> in);
		}

		@PostMapping(path = "/ended-request-its-reader")
		@RespondThenContinue
		String endedRequestItsReader(HttpServletRequest request, AfterResponse after) throws Exception {
			Reader reader = request.getReader();
			return late(after, () -> String.valueOf(reader.read()));
		}

		@PostMapping(path = "/own-request-parameter-map")
		@RespondThenContinue
		String ownRequestParameterMap(HttpServletRequest request, AfterResponse after) throws Exception {
			Map<String, String[]> parameters = request.getParameterMap();
			return late(after, () -> parameters);
		}

		@PostMapping(path = "/any-request-header-values")
		@RespondThenContinue
		String anyRequestHeaderValues(HttpServletRequest request, AfterResponse after) throws Exception {
			Enumeration<String> values = request.getHeaders("X-Id");
			return late(after, () -> values);
		}

		@PostMapping(path = "/any-request-header-names")
		@RespondThenContinue
		String anyRequestHeaderNames(HttpServletRequest request, AfterResponse after) throws Exception {
			Enumeration<String> values = request.getHeaderNames();
			return late(after, () -> values);
		}

		@PostMapping(path = "/own-request-uri")
		@RespondThenContinue
		String ownRequestUri(HttpServletRequest request, AfterResponse after) throws Exception {
			URI uri = new ServletServerHttpRequest(request).getURI();
			return late(after, () -> uri);
		}

		@PostMapping(path = "/ended-server-request-headers")
		@RespondThenContinue
		String endedServerRequestHeaders(HttpServletRequest request, AfterResponse after) throws Exception {
			HttpHeaders headers = new ServletServerHttpRequest(request).getHeaders();
			return late(after, () -> headers.getFirst("X-Id"));
		}

		@PostMapping(path = "/ended-response-stream")
		@RespondThenContinue
		String endedResponseStream(HttpServletResponse response, AfterResponse after) throws Exception {
			OutputStream out = response.getOutputStream();
			return late(after, () -> write(out));
		}

		@PostMapping(path = "/ended-response-its-writer")
		@RespondThenContinue
		void endedResponseItsWriter(HttpServletResponse response, AfterResponse after) throws Exception {
			PrintWriter writer = response.getWriter();
			writer.write("answer");
			late(after, () -> write(writer));
		}

		@PostMapping(path = "/ended-native-request-kept")
		@RespondThenContinue
		String endedNativeRequestKept(NativeWebRequest request, AfterResponse after) throws Exception {
			HttpServletRequest kept = request.getNativeRequest(HttpServletRequest.class);
			return late(after, () -> kept.getHeader("X-Id"));
		}

		@PostMapping(path = "/ended-part-stream")
		@RespondThenContinue
		String endedPartStream(@RequestPart("file") Part file, AfterResponse after) throws Exception {
			InputStream in = file.getInputStream();
			return late(after, () -> in);
		}

		@PostMapping(path = "/ended-part-file-stream")
		@RespondThenContinue
		String endedPartFileStream(@RequestParam("file") MultipartFile file, AfterResponse after) throws Exception {
			InputStream in = file.getInputStream();
			return late(after, () -> in);
		}

		@PostMapping(path = "/ended-part-of-native")
		@RespondThenContinue
		String endedPartOfNative(NativeWebRequest request, AfterResponse after) throws Exception {
			MultipartRequest kept = request.getNativeRequest(MultipartRequest.class);
			return late(after, () -> kept.getFile("file").getInputStream());
		}

	}

	/**
	 * Used by the handler itself after it has sent its response.
	 */
	@RestController
	@RequestMapping(path = "/sent")
	static class Sent {

		private final Late late;

		Sent(Late late) {
			this.late = late;
		}

		private void late(EarlyResponse<String> early, Use use) throws InterruptedException {
			early.send("answer");
			this.late.use(use);
		}

		@PostMapping(path = "/own-headers")
		@RespondThenContinue
		void ownHeaders(@RequestHeader HttpHeaders headers, EarlyResponse<String> early) throws Exception {
			late(early, () -> headers.toString());
		}

		@PostMapping(path = "/ended-request")
		@RespondThenContinue
		void endedRequest(HttpServletRequest request, EarlyResponse<String> early) throws Exception {
			late(early, () -> request.getHeader("X-Id"));
		}

		@PostMapping(path = "/ended-request-attribute")
		@RespondThenContinue
		void endedRequestAttribute(HttpServletRequest request, EarlyResponse<String> early) throws Exception {
			late(early, () -> request.getAttribute("id"));
		}

		@PostMapping(path = "/ended-request-headers")
		@RespondThenContinue
		void endedRequestHeaders(HttpServletRequest request, EarlyResponse<String> early) throws Exception {
			late(early, () -> request.getHeaderNames());
		}

		@PostMapping(path = "/ended-request-parameters")
		@RespondThenContinue
		void endedRequestParameters(HttpServletRequest request, EarlyResponse<String> early) throws Exception {
			late(early, () -> request.getParameterMap());
		}

		@PostMapping(path = "/ended-request-session")
		@RespondThenContinue
		void endedRequestSession(HttpServletRequest request, EarlyResponse<String> early) throws Exception {
			late(early, () -> request.getSession());
		}

		@PostMapping(path = "/ended-request-cookies")
		@RespondThenContinue
		void endedRequestCookies(HttpServletRequest request, EarlyResponse<String> early) throws Exception {
			late(early, () -> request.getCookies());
		}

		@PostMapping(path = "/ended-request-query")
		@RespondThenContinue
		void endedRequestQuery(HttpServletRequest request, EarlyResponse<String> early) throws Exception {
			late(early, () -> request.getQueryString());
		}

		@PostMapping(path = "/ended-request-stream")
		@RespondThenContinue
		void endedRequestStream(HttpServletRequest request, EarlyResponse<String> early) throws Exception {
			late(early, () -> request.getInputStream());
		}

		@PostMapping(path = "/ended-request-reader")
		@RespondThenContinue
		void endedRequestReader(HttpServletRequest request, EarlyResponse<String> early) throws Exception {
			late(early, () -> request.getReader().readLine());
		}

		@PostMapping(path = "/ended-request-async")
		@RespondThenContinue
		void endedRequestAsync(HttpServletRequest request, EarlyResponse<String> early) throws Exception {
			late(early, () -> request.startAsync());
		}

		@PostMapping(path = "/ended-servlet-request")
		@RespondThenContinue
		void endedServletRequest(ServletRequest request, EarlyResponse<String> early) throws Exception {
			late(early, () -> request.getParameter("id"));
		}

		@PostMapping(path = "/ended-web-request")
		@RespondThenContinue
		void endedWebRequest(WebRequest request, EarlyResponse<String> early) throws Exception {
			late(early, () -> request.getHeader("X-Id"));
		}

		@PostMapping(path = "/ended-web-request-attribute")
		@RespondThenContinue
		void endedWebRequestAttribute(WebRequest request, EarlyResponse<String> early) throws Exception {
			late(early, () -> request.getAttribute("id", RequestAttributes.SCOPE_REQUEST));
		}

		@PostMapping(path = "/ended-web-request-description")
		@RespondThenContinue
		void endedWebRequestDescription(WebRequest request, EarlyResponse<String> early) throws Exception {
			late(early, () -> request.getDescription(true));
		}

		@PostMapping(path = "/ended-native-web-request")
		@RespondThenContinue
		void endedNativeWebRequest(NativeWebRequest request, EarlyResponse<String> early) throws Exception {
			late(early, () -> request.getParameter("id"));
		}

		@PostMapping(path = "/ended-native-request")
		@RespondThenContinue
		void endedNativeRequest(NativeWebRequest request, EarlyResponse<String> early) throws Exception {
			late(early, () -> request.getNativeRequest(HttpServletRequest.class).getHeader("X-Id"));
		}

		@PostMapping(path = "/ended-native-response")
		@RespondThenContinue
		void endedNativeResponse(NativeWebRequest request, EarlyResponse<String> early) throws Exception {
			late(early, () -> write(request.getNativeResponse(HttpServletResponse.class).getOutputStream()));
		}

		@PostMapping(path = "/ended-servlet-web-request")
		@RespondThenContinue
		void endedServletWebRequest(ServletWebRequest request, EarlyResponse<String> early) throws Exception {
			late(early, () -> request.getRequest().getHeader("X-Id"));
		}

		@PostMapping(path = "/ended-cast-web-request")
		@RespondThenContinue
		void endedCastWebRequest(WebRequest request, EarlyResponse<String> early) throws Exception {
			late(early, () -> ((ServletWebRequest) request).getRequest().getHeader("X-Id"));
		}

		@PostMapping(path = "/ended-server-request")
		@RespondThenContinue
		void endedServerRequest(HttpServletRequest request, EarlyResponse<String> early) throws Exception {
			late(early, () -> new ServletServerHttpRequest(request).getHeaders().getFirst("X-Id"));
		}

		@PostMapping(path = "/ended-session")
		@RespondThenContinue
		void endedSession(HttpSession session, EarlyResponse<String> early) throws Exception {
			late(early, () -> session.getId());
		}

		@PostMapping(path = "/ended-input-stream")
		@RespondThenContinue
		void endedInputStream(InputStream in, EarlyResponse<String> early) throws Exception {
			late(early, () -> in);
		}

		@PostMapping(path = "/ended-servlet-input-stream")
		@RespondThenContinue
		void endedServletInputStream(ServletInputStream in, EarlyResponse<String> early) throws Exception {
			late(early, () -> in);
		}

		@PostMapping(path = "/ended-reader")
		@RespondThenContinue
		void endedReader(Reader reader, EarlyResponse<String> early) throws Exception {
			late(early, () -> String.valueOf(reader.read()));
		}

		@PostMapping(path = "/ended-response")
		@RespondThenContinue
		void endedResponse(HttpServletResponse response, EarlyResponse<String> early) throws Exception {
			late(early, () -> write(response.getOutputStream()));
		}

		@PostMapping(path = "/ended-response-writer")
		@RespondThenContinue
		void endedResponseWriter(HttpServletResponse response, EarlyResponse<String> early) throws Exception {
			late(early, () -> write(response.getWriter()));
		}

		@PostMapping(path = "/ended-response-header")
		@RespondThenContinue
		void endedResponseHeader(HttpServletResponse response, EarlyResponse<String> early) throws Exception {
			late(early, () -> header(response));
		}

		@PostMapping(path = "/ended-servlet-response")
		@RespondThenContinue
		void endedServletResponse(ServletResponse response, EarlyResponse<String> early) throws Exception {
			late(early, () -> write(response.getOutputStream()));
		}

		@PostMapping(path = "/ended-output-stream")
		@RespondThenContinue
		void endedOutputStream(OutputStream out, EarlyResponse<String> early) throws Exception {
			late(early, () -> write(out));
		}

		@PostMapping(path = "/ended-servlet-output-stream")
		@RespondThenContinue
		void endedServletOutputStream(ServletOutputStream out, EarlyResponse<String> early) throws Exception {
			late(early, () -> write(out));
		}

		@PostMapping(path = "/ended-writer")
		@RespondThenContinue
		void endedWriter(Writer writer, EarlyResponse<String> early) throws Exception {
			writer.write("answer");
			early.send();
			this.late.use(() -> write(writer));
		}

		@PostMapping(path = "/ended-print-writer")
		@RespondThenContinue
		void endedPrintWriter(PrintWriter writer, EarlyResponse<String> early) throws Exception {
			writer.write("answer");
			early.send();
			this.late.use(() -> write(writer));
		}

		@PostMapping(path = "/own-entity")
		@RespondThenContinue
		void ownEntity(HttpEntity<String> entity, EarlyResponse<String> early) throws Exception {
			late(early, () -> entity.getHeaders() + entity.getBody());
		}

		@PostMapping(path = "/own-entity-request")
		@RespondThenContinue
		void ownEntityRequest(RequestEntity<String> entity, EarlyResponse<String> early) throws Exception {
			late(early, () -> entity.getHeaders() + entity.getBody() + entity.getUrl());
		}

		@PostMapping(path = "/own-entity-map")
		@RespondThenContinue
		void ownEntityMap(HttpEntity<String> entity, EarlyResponse<String> early) throws Exception {
			late(early, () -> entity.getHeaders().get("X-Id"));
		}

		@PostMapping(path = "/ended-entity-stream")
		@RespondThenContinue
		void endedEntityStream(HttpEntity<InputStreamResource> entity, EarlyResponse<String> early) throws Exception {
			late(early, () -> entity.getBody().getInputStream());
		}

		@PostMapping(path = "/ended-csrf-token")
		@RespondThenContinue
		void endedCsrfToken(CsrfToken token, EarlyResponse<String> early) throws Exception {
			late(early, () -> token.getToken());
		}

		@PostMapping(path = "/ended-holder")
		@RespondThenContinue
		void endedHolder(EarlyResponse<String> early) throws Exception {
			RequestAttributes attributes = RequestContextHolder.currentRequestAttributes();
			late(early, () -> ((ServletRequestAttributes) attributes).getRequest().getHeader("X-Id"));
		}

		@PostMapping(path = "/ended-holder-attribute")
		@RespondThenContinue
		void endedHolderAttribute(EarlyResponse<String> early) throws Exception {
			RequestAttributes attributes = RequestContextHolder.currentRequestAttributes();
			late(early, () -> attributes.getAttribute("id", RequestAttributes.SCOPE_REQUEST));
		}

		@PostMapping(path = "/ended-request-input-stream")
		@RespondThenContinue
		void endedRequestInputStream(HttpServletRequest request, EarlyResponse<String> early) throws Exception {
			InputStream in = request.getInputStream();
			late(early, () -> in);
		}

		@PostMapping(path = "/ended-request-its-reader")
		@RespondThenContinue
		void endedRequestItsReader(HttpServletRequest request, EarlyResponse<String> early) throws Exception {
			Reader reader = request.getReader();
			late(early, () -> String.valueOf(reader.read()));
		}

		@PostMapping(path = "/own-request-parameter-map")
		@RespondThenContinue
		void ownRequestParameterMap(HttpServletRequest request, EarlyResponse<String> early) throws Exception {
			Map<String, String[]> parameters = request.getParameterMap();
			late(early, () -> parameters);
		}

		@PostMapping(path = "/any-request-header-values")
		@RespondThenContinue
		void anyRequestHeaderValues(HttpServletRequest request, EarlyResponse<String> early) throws Exception {
			Enumeration<String> values = request.getHeaders("X-Id");
			late(early, () -> values);
		}

		@PostMapping(path = "/any-request-header-names")
		@RespondThenContinue
		void anyRequestHeaderNames(HttpServletRequest request, EarlyResponse<String> early) throws Exception {
			Enumeration<String> values = request.getHeaderNames();
			late(early, () -> values);
		}

		@PostMapping(path = "/own-request-uri")
		@RespondThenContinue
		void ownRequestUri(HttpServletRequest request, EarlyResponse<String> early) throws Exception {
			URI uri = new ServletServerHttpRequest(request).getURI();
			late(early, () -> uri);
		}

		@PostMapping(path = "/ended-server-request-headers")
		@RespondThenContinue
		void endedServerRequestHeaders(HttpServletRequest request, EarlyResponse<String> early) throws Exception {
			HttpHeaders headers = new ServletServerHttpRequest(request).getHeaders();
			late(early, () -> headers.getFirst("X-Id"));
		}

		@PostMapping(path = "/ended-response-stream")
		@RespondThenContinue
		void endedResponseStream(HttpServletResponse response, EarlyResponse<String> early) throws Exception {
			OutputStream out = response.getOutputStream();
			late(early, () -> write(out));
		}

		@PostMapping(path = "/ended-native-request-kept")
		@RespondThenContinue
		void endedNativeRequestKept(NativeWebRequest request, EarlyResponse<String> early) throws Exception {
			HttpServletRequest kept = request.getNativeRequest(HttpServletRequest.class);
			late(early, () -> kept.getHeader("X-Id"));
		}

		@PostMapping(path = "/own-part-stream")
		@RespondThenContinue
		void ownPartStream(@RequestPart("file") Part file, EarlyResponse<String> early) throws Exception {
			InputStream in = file.getInputStream();
			late(early, () -> in);
		}

		@PostMapping(path = "/own-part-file-stream")
		@RespondThenContinue
		void ownPartFileStream(@RequestParam("file") MultipartFile file, EarlyResponse<String> early) throws Exception {
			InputStream in = file.getInputStream();
			late(early, () -> in);
		}

		@PostMapping(path = "/ended-part-of-native")
		@RespondThenContinue
		void endedPartOfNative(NativeWebRequest request, EarlyResponse<String> early) throws Exception {
			MultipartRequest kept = request.getNativeRequest(MultipartRequest.class);
			late(early, () -> kept.getFile("file").getInputStream());
		}

	}

	/**
	 * Taken by a post-phase as its parameter.
	 */
	@RestController
	@RequestMapping(path = "/taken")
	static class Taken {

		@PostMapping(path = "/own-entity")
		@RespondThenContinue("own-entity")
		String ownEntity(HttpEntity<String> entity) {
			return "answer";
		}

		@PostMapping(path = "/own-request-entity")
		@RespondThenContinue("own-request-entity")
		String ownRequestEntity(RequestEntity<String> entity) {
			return "answer";
		}

		@PostMapping(path = "/own-headers")
		@RespondThenContinue("own-headers")
		String ownHeaders(@RequestHeader HttpHeaders headers) {
			return "answer";
		}

		@PostMapping(path = "/own-header-map")
		@RespondThenContinue("own-header-map")
		String ownHeaderMap(@RequestHeader Map<String, String> headers) {
			return "answer";
		}

		@PostMapping(path = "/own-params")
		@RespondThenContinue("own-params")
		String ownParams(@RequestParam MultiValueMap<String, String> params) {
			return "answer";
		}

		@PostMapping(path = "/own-part-file")
		@RespondThenContinue("own-part-file")
		String ownPartFile(@RequestPart("file") MultipartFile file) {
			return "answer";
		}

		@PostMapping(path = "/own-part-servlet")
		@RespondThenContinue("own-part-servlet")
		String ownPartServlet(@RequestPart("file") Part file) {
			return "answer";
		}

		@PostMapping(path = "/own-form")
		@RespondThenContinue("own-form")
		String ownForm(@ModelAttribute Form form) {
			return "answer";
		}

		@PostMapping(path = "/own-cookie")
		@RespondThenContinue("own-cookie")
		String ownCookie(@CookieValue("id") Cookie cookie) {
			return "answer";
		}

	}

	static class PostPhases {

		private final Late late;

		PostPhases(Late late) {
			this.late = late;
		}

		@PostPhase("own-entity")
		void ownEntity(HttpEntity<String> entity) throws InterruptedException {
			this.late.use(() -> entity.getHeaders().toString());
		}

		@PostPhase("own-request-entity")
		void ownRequestEntity(RequestEntity<String> entity) throws InterruptedException {
			this.late.use(() -> entity.getHeaders().getFirst("X-Id") + entity.getUrl() + entity.getBody());
		}

		@PostPhase("own-headers")
		void ownHeaders(HttpHeaders headers) throws InterruptedException {
			this.late.use(() -> headers.toString());
		}

		@PostPhase("own-header-map")
		void ownHeaderMap(Map<String, String> headers) throws InterruptedException {
			this.late.use(() -> headers);
		}

		@PostPhase("own-params")
		void ownParams(MultiValueMap<String, String> params) throws InterruptedException {
			this.late.use(() -> params);
		}

		@PostPhase("own-part-file")
		void ownPartFile(MultipartFile file) throws InterruptedException {
			this.late.use(() -> file.getInputStream());
		}

		@PostPhase("own-part-servlet")
		void ownPartServlet(Part file) throws InterruptedException {
			this.late.use(() -> file.getInputStream());
		}

		@PostPhase("own-form")
		void ownForm(Form form) throws InterruptedException {
			this.late.use(() -> form.id());
		}

		@PostPhase("own-cookie")
		void ownCookie(Cookie cookie) throws InterruptedException {
			this.late.use(() -> cookie.getValue());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Security {

		@Bean
		SecurityFilterChain permitAll(HttpSecurity http) {
			return http.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll())
				.csrf((csrf) -> csrf.ignoringRequestMatchers((request) -> true))
				.build();
		}

	}

}
