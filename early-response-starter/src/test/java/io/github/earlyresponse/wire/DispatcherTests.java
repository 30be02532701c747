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

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.autoconfigure.EarlyResponseAutoConfiguration;
import io.github.earlyresponse.call.InvalidPostPhaseException;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import io.github.earlyresponse.testsupport.ServletContainer;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurationSupport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * Handlers continue however Spring MVC is set up, or are refused with a remedy when their
 * application context starts.
 */
@ExtendWith(OutputCaptureExtension.class)
class DispatcherTests {

	@ParameterizedTest
	@ValueSource(classes = { OwnSupport.class, Enabled.class })
	void handlersContinueWithoutSpringBootsConfigurationOfSpringMvc(Class<?> configuration) throws Exception {
		try (RunningServer server = RunningServer.start(List.of(configuration, Shop.class))) {
			assertContinues(server, "");
		}
	}

	@Test
	void ownInterceptorFindsWhatWasSentWritten() throws Exception {
		try (RunningServer server = RunningServer.start(List.of(OwnSupport.class, Shop.class))) {
			try (RawHttpClient client = server.client()) {
				assertThat(client.get("/send").body()).isEqualTo("sent");
			}
			await().untilAsserted(() -> assertThat(server.bean(OwnSupport.class).written).isTrue());
		}
	}

	@Test
	void handlersOfSecondDispatcherOfTheSameContextContinue() throws Exception {
		try (RunningServer server = RunningServer.start(List.of(SecondDispatcher.class, Shop.class))) {
			assertContinues(server, "/second");
			assertContinues(server, "");
		}
	}

	@Test
	void handlersOfChildContextAreRefusedWhenItStartsWithTheApplication() {
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> RunningServer.start(List.of(ChildDispatcher.class), "test.load-on-startup=1").close())
			.satisfies((ex) -> assertThat(ex).rootCause()
				.isInstanceOf(InvalidPostPhaseException.class)
				.hasMessageContaining(Shop.class.getName() + ".")
				.hasMessageContaining("a child of the application's, where handlers do not continue")
				.hasMessageContaining("@ImportAutoConfiguration(EarlyResponseAutoConfiguration.class)"));
	}

	@Test
	void handlersOfChildContextAreRefusedWhenItStartsWithItsFirstRequest(CapturedOutput output) throws Exception {
		assumeThat(ServletContainer.current()).as("Jetty starts all servlets at once")
			.isEqualTo(ServletContainer.TOMCAT);
		try (RunningServer server = RunningServer.start(List.of(ChildDispatcher.class));
				RawHttpClient client = server.client()) {
			assertThat(client.get("/child/order").status()).isEqualTo(500);
			assertThat(output).contains("a child of the application's, where handlers do not continue");
		}
	}

	@Test
	void handlersOfContextWithoutRelationAreNamedInTheLog(CapturedOutput output) throws Exception {
		try (RunningServer server = RunningServer.start(List.of(UnrelatedDispatcher.class));
				RawHttpClient client = server.client()) {
			assertThat(client.get("/unrelated/order").body()).isEqualTo("order");
			assertThat(output)
				.contains("no child of the application's, where handlers do not continue",
						"@ImportAutoConfiguration(EarlyResponseAutoConfiguration.class)")
				.contains("ERROR");
		}
	}

	@Test
	void handlersOfChildContextThatImportsTheStarterContinue() throws Exception {
		try (RunningServer server = RunningServer.start(List.of(ImportingChildDispatcher.class))) {
			assertContinues(server, "/child");
		}
	}

	@Test
	void handlersOfTheApplicationContinueBesideChildContextThatImportsTheStarter() throws Exception {
		try (RunningServer server = RunningServer
			.start(List.of(ImportingChildDispatcher.class, SplitController.class, Mail.class))) {
			assertContinues(server, "/child");
			server.awaitBalance().forget();
			try (RawHttpClient client = server.client()) {
				assertThat(client.get("/split").body()).isEqualTo("split");
			}
			assertCompleted(server, 1);
		}
	}

	@Test
	void handlersThatDispatcherOfChildContextDoesNotFindAreRefused() {
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(
					() -> RunningServer.start(List.of(ImportingPlainChildDispatcher.class), "test.load-on-startup=1")
						.close())
			.satisfies((ex) -> assertThat(ex).rootCause().hasMessageContaining("no handler method of Spring MVC"));
	}

	@Test
	void handlersOfChildContextContinueWithPostPhasesOfTheApplication() throws Exception {
		try (RunningServer server = RunningServer.start(List.of(SplitChildDispatcher.class, Mail.class))) {
			try (RawHttpClient client = server.client()) {
				assertThat(client.get("/child/split").body()).isEqualTo("split");
			}
			assertCompleted(server, 1);
		}
	}

	@Test
	void childContextWithoutHandlersOfOursIsLeftAlone() throws Exception {
		try (RunningServer server = RunningServer.start(List.of(PlainChildDispatcher.class), "test.load-on-startup=1");
				RawHttpClient client = server.client()) {
			assertThat(client.get("/child/plain").body()).isEqualTo("plain");
		}
	}

	@Test
	void childApplicationWithTheStarterFindsPostPhasesOfItsParent() throws Exception {
		SpringApplicationBuilder builder = new SpringApplicationBuilder(Mail.class).web(WebApplicationType.NONE)
			.properties("spring.main.banner-mode=off");
		try (var parent = builder.run();
				RunningServer server = RunningServer.start(parent, List.of(SplitController.class));
				RawHttpClient client = server.client()) {
			assertThat(client.get("/split").body()).isEqualTo("split");
			assertCompleted(server, 1);
		}
	}

	@Test
	void handlerInParentOfTheStarterIsRefused() {
		SpringApplicationBuilder builder = new SpringApplicationBuilder(Mail.class, SplitController.class)
			.web(WebApplicationType.NONE)
			.properties("spring.main.banner-mode=off");
		try (var parent = builder.run()) {
			assertThatExceptionOfType(Exception.class).isThrownBy(() -> RunningServer.start(parent, List.of()).close())
				.withMessageContaining("no handler method of Spring MVC");
		}
	}

	private static void assertContinues(RunningServer server, String prefix) throws Exception {
		server.awaitBalance().forget();
		try (RawHttpClient client = server.client()) {
			for (String path : List.of("order", "send", "after")) {
				RawResponse response = client.get(prefix + "/" + path);
				assertThat(response.status()).as(response.body()).isEqualTo(200);
				assertThat(response.body()).isEqualTo(path.equals("send") ? "sent" : path);
			}
		}
		assertCompleted(server, 3);
	}

	private static void assertCompleted(RunningServer server, int count) {
		await().untilAsserted(() -> assertThat(server.listener().outcomes()).hasSize(count));
		assertThat(server.listener().outcomes()).containsOnly(PostPhaseOutcome.COMPLETED);
	}

	@RestController
	static class Shop {

		@GetMapping("/order")
		@RespondThenContinue("mail")
		String order() {
			return "order";
		}

		@GetMapping("/send")
		@RespondThenContinue
		void send(EarlyResponse<String> early) {
			early.send("sent");
		}

		@GetMapping("/after")
		@RespondThenContinue
		String after(AfterResponse after) {
			after.run("after", (context) -> {
			});
			return "after";
		}

		@PostPhase("mail")
		void mail(String result, PostPhaseContext context) {
		}

	}

	@RestController
	static class SplitController {

		@GetMapping("/split")
		@RespondThenContinue("split")
		String split() {
			return "split";
		}

	}

	static class Mail {

		@PostPhase("split")
		void mail(String result) {
		}

	}

	@RestController
	static class PlainController {

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

	}

	@Configuration
	static class OwnSupport extends WebMvcConfigurationSupport {

		private volatile boolean written;

		@Override
		protected void addInterceptors(InterceptorRegistry registry) {
			registry.addInterceptor(new HandlerInterceptor() {

				@Override
				public void postHandle(HttpServletRequest request, HttpServletResponse response, Object handler,
						@Nullable ModelAndView modelAndView) {
					OwnSupport.this.written = response.getContentType() != null;
				}

			});
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableWebMvc
	static class Enabled {

	}

	@Configuration(proxyBeanMethods = false)
	static class SecondDispatcher {

		@Bean
		ServletRegistrationBean<DispatcherServlet> second(WebApplicationContext context) {
			ServletRegistrationBean<DispatcherServlet> registration = new ServletRegistrationBean<>(
					new DispatcherServlet(context), "/second/*");
			registration.setName("second");
			return registration;
		}

	}

	abstract static class Child {

		private final Class<?>[] components;

		Child(Class<?>... components) {
			this.components = components;
		}

		@Bean
		ServletRegistrationBean<DispatcherServlet> child(@Value("${test.load-on-startup:-1}") int loadOnStartup) {
			AnnotationConfigWebApplicationContext context = new AnnotationConfigWebApplicationContext();
			context.register(this.components);
			ServletRegistrationBean<DispatcherServlet> registration = new ServletRegistrationBean<>(
					new DispatcherServlet(context), "/child/*");
			registration.setName("child");
			registration.setLoadOnStartup(loadOnStartup);
			return registration;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ChildDispatcher extends Child {

		ChildDispatcher() {
			super(Enabled.class, Shop.class);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PlainChildDispatcher extends Child {

		PlainChildDispatcher() {
			super(Enabled.class, PlainController.class);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ImportingChildDispatcher extends Child {

		ImportingChildDispatcher() {
			super(Enabled.class, Starter.class, Shop.class);
		}

	}

	/** Whose context was refreshed by hand, so that the dispatcher gives it no parent. */
	@Configuration(proxyBeanMethods = false)
	static class UnrelatedDispatcher {

		@Bean
		ServletContextInitializer unrelated() {
			return (servletContext) -> {
				AnnotationConfigWebApplicationContext context = new AnnotationConfigWebApplicationContext();
				context.setServletContext(servletContext);
				context.register(Enabled.class, Shop.class);
				context.refresh();
				servletContext.addServlet("unrelated", new DispatcherServlet(context)).addMapping("/unrelated/*");
			};
		}

	}

	/** Without {@code @EnableWebMvc}, where the mappings are those of the parent. */
	@Configuration(proxyBeanMethods = false)
	static class ImportingPlainChildDispatcher extends Child {

		ImportingPlainChildDispatcher() {
			super(Starter.class, Shop.class);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SplitChildDispatcher extends Child {

		SplitChildDispatcher() {
			super(Enabled.class, Starter.class, SplitController.class);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(EarlyResponseAutoConfiguration.class)
	static class Starter {

	}

}
