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

import java.util.Iterator;
import java.util.List;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.CustomScopeConfigurer;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.SimpleThreadScope;
import org.springframework.core.Ordered;
import org.springframework.samples.clinic.ClinicController;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.context.annotation.RequestScope;
import org.springframework.web.context.annotation.SessionScope;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.pattern.PathPatternParser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Handlers of all kinds of controllers continue, and with post-phases of all kinds of
 * beans.
 */
class ControllerKindsTests {

	private static RunningServer server;

	@BeforeAll
	static void start() {
		server = RunningServer.start(
				List.of(RequestScoped.class, SessionScoped.class, InterfaceScoped.class, LazyController.class,
						PrototypeController.class, GenericController.class, DefaultMethodController.class,
						SharedController.class, HandwrittenClient.class, ConfigurationController.class,
						Registered.class, Calls.class, Mappings.class, Delegations.class, PostPhases.class,
						ClinicController.class, ClinicController.Mail.class),
				"spring.web.error.include-message=always");
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@BeforeEach
	void forget() {
		server.awaitBalance();
		server.listener().forget();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/request", "/request-send", "/session", "/interface", "/lazy", "/prototype", "/generic",
			"/default", "/shared", "/configuration", "/clinic", "/registered", "/delegated", "/delegated-send",
			"/opaque", "/product" })
	void handlerContinues(String path) throws Exception {
		RawResponse response = get(path);
		assertThat(response.status()).as(response.body()).isEqualTo(200);
		assertThat(response.body()).isEqualTo(path.substring(1).replace("-send", ""));
		assertCompleted();
	}

	@ParameterizedTest
	@ValueSource(strings = { "lazyInterface", "lazyProduct", "untypedProduct", "prototypeInterface", "scopedInterface",
			"scopedProxy", "superclass", "overridden", "interfaceMethod", "recordMethod" })
	void postPhaseIsFoundAndRuns(String name) throws Exception {
		RawResponse response = get("/call?name=" + name);
		assertThat(response.status()).as(response.body()).isEqualTo(200);
		assertCompleted();
	}

	@Test
	void handlersOfDelegatingMappingAreKnown() {
		RunningServer.start(List.of(Delegations.class, PostPhases.class)).close();
	}

	@Test
	void handlerThatIsRegisteredLaterContinues() throws Exception {
		RequestMappingHandlerMapping mapping = server.context()
			.getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class);
		mapping.registerMapping(mapping("/later"), "controllerKindsTests.LazyController",
				LazyController.class.getDeclaredMethod("handle"));
		assertThat(get("/later").body()).isEqualTo("lazy");
		assertCompleted();
	}

	@Test
	void handlerThatIsRegisteredLaterAndIsNoBeanIsRefusedAtItsFirstCall() throws Exception {
		RequestMappingHandlerMapping mapping = server.context()
			.getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class);
		NoBean handler = new NoBean();
		mapping.registerMapping(mapping("/no-bean"), handler, NoBean.class.getDeclaredMethod("handle"));
		for (int i = 0; i < 2; i++) {
			assertThat(get("/no-bean").body()).contains("its object is not a bean with a proxy");
		}
		assertThat(server.listener().finished()).isEmpty();
		mapping.registerMapping(mapping("/takes"), handler,
				NoBean.class.getDeclaredMethod("takes", AfterResponse.class));
		assertThat(get("/takes").body()).contains("is not annotated with @RespondThenContinue");
	}

	private static RequestMappingInfo mapping(String path) {
		RequestMappingInfo.BuilderConfiguration options = new RequestMappingInfo.BuilderConfiguration();
		options.setPatternParser(new PathPatternParser());
		return RequestMappingInfo.paths(path).options(options).build();
	}

	private static void assertCompleted() {
		await().untilAsserted(() -> assertThat(server.listener().outcomes()).hasSize(1));
		assertThat(server.listener().outcomes()).as(() -> server.listener().finished().toString())
			.containsExactly(PostPhaseOutcome.COMPLETED);
	}

	private static RawResponse get(String path) throws Exception {
		try (RawHttpClient client = server.client()) {
			return client.get(path);
		}
	}

	@RestController
	@RequestScope
	static class RequestScoped {

		@GetMapping("/request")
		@RespondThenContinue("work")
		String handle() {
			return "request";
		}

		@GetMapping("/request-send")
		@RespondThenContinue
		void send(EarlyResponse<String> early) {
			early.send("request");
		}

	}

	@RestController
	@SessionScope
	static class SessionScoped {

		@GetMapping("/session")
		@RespondThenContinue
		String handle(AfterResponse after) {
			after.run("work", (context) -> {
			});
			return "session";
		}

	}

	@RestController
	interface ScopedApi {

		@GetMapping("/interface")
		@RespondThenContinue("work")
		String handle();

	}

	@Component
	@Scope(scopeName = "request", proxyMode = ScopedProxyMode.INTERFACES)
	static class InterfaceScoped implements ScopedApi {

		@Override
		public String handle() {
			return "interface";
		}

	}

	@Lazy
	@RestController("controllerKindsTests.LazyController")
	static class LazyController {

		@GetMapping("/lazy")
		@RespondThenContinue("work")
		String handle() {
			return "lazy";
		}

	}

	@Scope("prototype")
	@RestController
	static class PrototypeController {

		@GetMapping("/prototype")
		@RespondThenContinue("work")
		String handle() {
			return "prototype";
		}

	}

	abstract static class CrudController<T> {

		@GetMapping("/generic")
		@RespondThenContinue("work")
		T handle(@RequestParam(required = false) @Nullable T value) {
			return find();
		}

		abstract T find();

	}

	@RestController
	static class GenericController extends CrudController<String> {

		@Override
		String find() {
			return "generic";
		}

		@Override
		public String handle(@Nullable String value) {
			return super.handle(value);
		}

	}

	interface WithDefault {

		@GetMapping("/default")
		@ResponseBody
		@RespondThenContinue("work")
		default String handle() {
			return "default";
		}

	}

	@RestController
	static class DefaultMethodController implements WithDefault {

	}

	@HttpExchange
	interface SharedApi {

		@GetExchange("/shared")
		@RespondThenContinue("work")
		String handle();

	}

	@RestController
	static class SharedController implements SharedApi {

		@Override
		public String handle() {
			return "shared";
		}

	}

	@Component
	static final class HandwrittenClient implements SharedApi {

		@Override
		public String handle() {
			return "client";
		}

	}

	@RestController
	@Configuration
	static class ConfigurationController {

		@GetMapping("/configuration")
		@RespondThenContinue("work")
		String handle() {
			return "configuration";
		}

		@Bean
		SharedApi sharedClient() {
			return HttpServiceProxyFactory.builderFor(RestClientAdapter.create(RestClient.create()))
				.build()
				.createClient(SharedApi.class);
		}

		@Bean
		FactoryBean<ProductController> product() {
			return new FactoryBean<>() {

				@Override
				public ProductController getObject() {
					return new ProductController();
				}

				@Override
				public Class<?> getObjectType() {
					return ProductController.class;
				}

			};
		}

	}

	@RestController
	static class ProductController {

		@GetMapping("/product")
		@RespondThenContinue("work")
		String handle() {
			return "product";
		}

	}

	/** Whose handler is no handler by its annotations. */
	static class Registered {

		Registered(ApplicationContext context) {
		}

		@ResponseBody
		@RespondThenContinue("work")
		String handle() {
			return "registered";
		}

	}

	static class NoBean {

		@ResponseBody
		@RespondThenContinue("work")
		String handle() {
			return "no bean";
		}

		@ResponseBody
		String takes(AfterResponse after) {
			return "takes";
		}

	}

	@RestController
	static class Calls {

		@GetMapping("/call")
		@RespondThenContinue
		String handle(@RequestParam String name, AfterResponse after) {
			after.call(name, "called");
			return name;
		}

	}

	@Component
	static class Delegated {

		@ResponseBody
		@GetMapping("/delegated")
		@RespondThenContinue("work")
		String handle() {
			return "delegated";
		}

		@GetMapping("/delegated-send")
		@RespondThenContinue
		void send(EarlyResponse<String> early) {
			early.send("delegated");
		}

	}

	@Component
	static class Opaque {

		@ResponseBody
		@GetMapping("/opaque")
		@RespondThenContinue("work")
		String handle() {
			return "opaque";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Mappings {

		@Bean
		Opaque opaque() {
			return new Opaque();
		}

		@Bean
		RequestMappingHandlerMapping secondMapping(Registered registered) {
			return new TypeMapping(Registered.class) {

				@Override
				protected void initHandlerMethods() {
					try {
						registerMapping(mapping("/registered"), registered,
								Registered.class.getDeclaredMethod("handle"));
					}
					catch (NoSuchMethodException ex) {
						throw new IllegalStateException(ex);
					}
				}

			};
		}

		@Bean
		HandlerMapping opaqueMapping(ApplicationContext context) {
			TypeMapping mapping = TypeMapping.of(Opaque.class, context);
			return new OpaqueMapping(mapping);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Delegations {

		@Bean
		Delegated delegated() {
			return new Delegated();
		}

		@Bean
		HandlerMapping delegating(ApplicationContext context) {
			return new DelegatingMapping(List.of(TypeMapping.of(Delegated.class, context)));
		}

	}

	/** Made as Spring Data REST makes its mappings, which are no beans. */
	static class TypeMapping extends RequestMappingHandlerMapping {

		private final Class<?> type;

		TypeMapping(Class<?> type) {
			this.type = type;
			setOrder(0);
		}

		static TypeMapping of(Class<?> type, ApplicationContext context) {
			TypeMapping mapping = new TypeMapping(type);
			mapping.setApplicationContext(context);
			mapping.afterPropertiesSet();
			return mapping;
		}

		@Override
		protected boolean isHandler(Class<?> beanType) {
			return this.type.isAssignableFrom(beanType);
		}

	}

	record OpaqueMapping(HandlerMapping delegate) implements HandlerMapping, Ordered {

		@Override
		public int getOrder() {
			return 0;
		}

		@Override
		public @Nullable HandlerExecutionChain getHandler(HttpServletRequest request) throws Exception {
			return this.delegate.getHandler(request);
		}

	}

	record DelegatingMapping(
			List<HandlerMapping> delegates) implements HandlerMapping, Iterable<HandlerMapping>, Ordered {

		@Override
		public int getOrder() {
			return 0;
		}

		@Override
		public Iterator<HandlerMapping> iterator() {
			return this.delegates.iterator();
		}

		@Override
		public @Nullable HandlerExecutionChain getHandler(HttpServletRequest request) throws Exception {
			for (HandlerMapping delegate : this.delegates) {
				HandlerExecutionChain chain = delegate.getHandler(request);
				if (chain != null) {
					return chain;
				}
			}
			return null;
		}

	}

	interface Mailer {

	}

	static class LazyMailer implements Mailer {

		@PostPhase
		void lazyInterface(String text) {
		}

	}

	static class ProductMailer implements Mailer {

		@PostPhase
		void lazyProduct(String text) {
		}

	}

	static class UntypedMailer {

		@PostPhase
		void untypedProduct(String text) {
		}

	}

	static class PrototypeMailer implements Mailer {

		@PostPhase
		void prototypeInterface(String text) {
		}

	}

	static class ScopedMailer implements Mailer {

		@PostPhase
		void scopedInterface(String text) {
		}

	}

	interface ScopedProxyMailer {

		void scopedProxy(String text);

	}

	static class ScopedProxyMailerTarget implements ScopedProxyMailer {

		@PostPhase
		@Override
		public void scopedProxy(String text) {
		}

	}

	abstract static class AbstractMailer<T> {

		@PostPhase
		void superclass(T text, PostPhaseContext context) {
		}

		@PostPhase
		void overridden(T text) {
			throw new IllegalStateException("is overridden");
		}

	}

	static class SpecialMailer extends AbstractMailer<String> {

		@Override
		void overridden(String text) {
		}

	}

	interface Annotated {

		@PostPhase
		void interfaceMethod(String text);

	}

	static class AnnotatedMailer implements Annotated {

		@Override
		public void interfaceMethod(String text) {
		}

	}

	record RecordMailer() {

		@PostPhase
		void recordMethod(String text) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PostPhases {

		@PostPhase
		void work(PostPhaseContext context) {
		}

		@Bean
		@Lazy
		Mailer lazyMailer() {
			return new LazyMailer();
		}

		@Bean
		FactoryBean<Mailer> productMailer() {
			return new FactoryBean<>() {

				@Override
				public Mailer getObject() {
					return new ProductMailer();
				}

				@Override
				public Class<?> getObjectType() {
					return Mailer.class;
				}

			};
		}

		@Bean
		FactoryBean<?> untypedMailer() {
			return new FactoryBean<Object>() {

				@Override
				public Object getObject() {
					return new UntypedMailer();
				}

				@Override
				public @Nullable Class<?> getObjectType() {
					return null;
				}

			};
		}

		@Bean
		@Scope("prototype")
		Mailer prototypeMailer() {
			return new PrototypeMailer();
		}

		@Bean
		static CustomScopeConfigurer threadScope() {
			CustomScopeConfigurer configurer = new CustomScopeConfigurer();
			configurer.addScope("thread", new SimpleThreadScope());
			return configurer;
		}

		@Bean
		@Scope("thread")
		Mailer scopedMailer() {
			return new ScopedMailer();
		}

		@Bean
		@Scope(scopeName = "thread", proxyMode = ScopedProxyMode.INTERFACES)
		ScopedProxyMailer scopedProxyMailer() {
			return new ScopedProxyMailerTarget();
		}

		@Bean
		SpecialMailer specialMailer() {
			return new SpecialMailer();
		}

		@Bean
		Annotated annotatedMailer() {
			return new AnnotatedMailer();
		}

		@Bean
		RecordMailer recordMailer() {
			return new RecordMailer();
		}

	}

}
