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

package io.github.earlyresponse.autoconfigure;

import ch.qos.logback.classic.util.LogbackMDCAdapter;
import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.actuate.DurableDescriptor;
import io.github.earlyresponse.actuate.FailureDescriptor;
import io.github.earlyresponse.actuate.PostPhaseDescriptor;
import io.micrometer.tracing.Tracer;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.Part;
import org.apache.catalina.connector.RequestFacade;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.boot.web.context.servlet.AnnotationConfigServletWebApplicationContext;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;
import org.springframework.mock.web.MockServletContext;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is needed at run time is known ahead of time.
 */
class AheadOfTimeTests {

	private static final RuntimeHints hints = process();

	private static RuntimeHints process() {
		DefaultGenerationContext generation = new DefaultGenerationContext(
				new ClassNameGenerator(ClassName.get(AheadOfTimeTests.class)), new InMemoryGeneratedFiles());
		AnnotationConfigServletWebApplicationContext context = new AnnotationConfigServletWebApplicationContext();
		context.setServletContext(new MockServletContext());
		TestPropertyValues
			.of("early-response.status.enabled=true", "management.endpoints.web.exposure.include=earlyresponse")
			.applyTo(context);
		context.register(AutoConfigurations.getClasses(
				AutoConfigurations.of(EarlyResponseAutoConfiguration.class, EarlyResponseStatusAutoConfiguration.class,
						EarlyResponseEndpointAutoConfiguration.class, HttpMessageConvertersAutoConfiguration.class,
						DispatcherServletAutoConfiguration.class, WebMvcAutoConfiguration.class)));
		context.register(Orders.class, Mailer.class);
		new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
		generation.writeGeneratedContent();
		context.close();
		return generation.getRuntimeHints();
	}

	@ParameterizedTest
	@ValueSource(classes = { HttpServletRequest.class, HttpServletResponse.class, HttpSession.class,
			MultipartFile.class, Part.class })
	void guardsAreProxies(Class<?> type) {
		assertThat(RuntimeHintsPredicates.proxies().forInterfaces(type)).accepts(hints);
	}

	@Test
	void postPhasesAreCalled() {
		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(ReflectionUtils.findMethod(Mailer.class, "mail", String.class))).accepts(hints);
	}

	@Test
	void handlersAreCalled() {
		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(ReflectionUtils.findMethod(Orders.class, "order", EarlyResponse.class))).accepts(hints);
	}

	@Test
	void connectionOfAnEventStreamIsRead() {
		assertThat(RuntimeHintsPredicates.reflection().onFieldAccess(RequestFacade.class, "request")).accepts(hints);
	}

	@ParameterizedTest
	@ValueSource(classes = { PostPhaseDescriptor.class, DurableDescriptor.class, FailureDescriptor.class })
	void whatTheEndpointShowsIsWritten(Class<?> type) {
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(ReflectionUtils.findMethod(type, "id")))
			.accepts(hints);
	}

	@ParameterizedTest
	@ValueSource(classes = { TransactionSynchronizationManager.class, Tracer.class, CsrfToken.class,
			LogbackMDCAdapter.class })
	void presenceIsFoundOut(Class<?> type) {
		assertThat(RuntimeHintsPredicates.reflection().onType(type)).accepts(hints);
	}

	@RestController
	static class Orders {

		@GetMapping("/order")
		@RespondThenContinue("mail")
		void order(EarlyResponse<String> early) {
		}

	}

	static class Mailer {

		@PostPhase
		void mail(String text) {
		}

	}

}
