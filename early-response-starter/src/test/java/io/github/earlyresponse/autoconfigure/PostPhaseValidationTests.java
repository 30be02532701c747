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

import java.lang.reflect.Proxy;
import java.time.LocalDate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.Retry;
import io.github.earlyresponse.call.PostPhaseMethod;
import io.github.earlyresponse.call.PostPhaseRegistry;
import io.github.earlyresponse.testsupport.PackagePrivatePostPhase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.FactoryBean;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.resilience.annotation.ConcurrencyLimit;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.samples.clinic.ClinicController;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.annotation.RequestScope;
import org.springframework.web.context.annotation.SessionScope;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what is said at start-up about post-phases that cannot work.
 */
class PostPhaseValidationTests {

	private static final AtomicInteger CALLED = new AtomicInteger();

	private final WebApplicationContextRunner contextRunner = WebContexts.withStarter();

	private void assertFails(Class<?> component, String method, String description, String action) {
		this.contextRunner.withUserConfiguration(component).run((context) -> {
			FailureAnalysis analysis = WebContexts.analyze(context);
			assertThat(analysis.getDescription()).contains(method).contains(description);
			assertThat(analysis.getAction()).contains(action);
		});
	}

	private void assertFails(Class<?> component, String description, String action) {
		assertFails(component, component.getName() + ".work()", description, action);
	}

	@Test
	void nameThatIsUsedTwiceIsRefused() {
		this.contextRunner.withUserConfiguration(First.class, Second.class).run((context) -> {
			FailureAnalysis analysis = WebContexts.analyze(context);
			assertThat(analysis.getDescription()).contains("The post-phase name 'work' is used twice",
					First.class.getName() + ".work()", Second.class.getName() + ".other()");
			assertThat(analysis.getAction()).contains("a name of its own");
		});
	}

	@Test
	void aliasThatIsNameOrAliasOfAnotherIsRejected() {
		WebApplicationContextRunner runner = this.contextRunner
			.withPropertyValues("early-response.durable.engine=memory");
		runner.withUserConfiguration(First.class, Renamed.class).run((context) -> {
			FailureAnalysis analysis = WebContexts.analyze(context);
			assertThat(analysis.getDescription()).contains(
					"The alias 'work' of " + Renamed.class.getName() + ".renamed()",
					"is also the name of " + First.class.getName() + ".work()");
			assertThat(analysis.getAction()).contains("Remove it where it does not belong", "a new name");
		});
		runner.withUserConfiguration(Renamed.class, RenamedToo.class).run((context) -> {
			FailureAnalysis analysis = WebContexts.analyze(context);
			assertThat(analysis.getDescription()).contains("The alias 'work' of ", "is also an alias of ",
					Renamed.class.getName() + ".renamed()", RenamedToo.class.getName() + ".renamedToo()");
		});
		runner.withUserConfiguration(Renamed.class).run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void oneClassAsTwoBeansIsRefused() {
		this.contextRunner.withBean("one", First.class).withBean("two", First.class).run((context) -> {
			FailureAnalysis analysis = WebContexts.analyze(context);
			assertThat(analysis.getDescription()).contains("used twice", First.class.getName() + ".work()");
			assertThat(analysis.getAction()).contains("registered as two beans, remove one");
		});
	}

	@Test
	void parameterThatCannotBeBoundIsRefused() {
		assertFails(UnboundHandler.class, UnboundHandler.class.getName() + ".work()",
				"'java.time.LocalDate date' of post-phase 'work'", "Give it the type");
	}

	@Test
	void parameterThatIsAmbiguousIsRefused() {
		assertFails(AmbiguousHandler.class, AmbiguousHandler.class.getName() + ".handle()",
				"'java.lang.String text' of post-phase 'work'", "Give the parameter the name of the argument");
	}

	@Test
	void privateMethodIsRefused() {
		assertFails(PrivateMethod.class, "is private", "Remove that modifier");
	}

	@Test
	void finalMethodIsRefused() {
		assertFails(FinalMethod.class, "is final", "Remove that modifier");
	}

	@Test
	void staticMethodIsRefused() {
		assertFails(StaticMethod.class, "is static", "Remove that modifier");
	}

	@Test
	void methodThatAProxyOfAnotherPackageCannotOverrideIsRefused() {
		this.contextRunner.withUserConfiguration(Inherited.class).run((context) -> assertThat(context).hasNotFailed());
		this.contextRunner.withUserConfiguration(Inherited.class, ClassProxies.class).run((context) -> {
			FailureAnalysis analysis = WebContexts.analyze(context);
			assertThat(analysis.getDescription()).contains(PackagePrivatePostPhase.class.getName() + ".work()",
					"is package-private in another package than " + Inherited.class.getName());
			assertThat(analysis.getAction()).contains("Make it protected or public");
		});
	}

	@Test
	void asyncMethodIsRefused() {
		assertFails(AsyncMethod.class, "because it is @Async", "return void");
	}

	@Test
	void methodOfAsyncClassIsRefused() {
		assertFails(AsyncClass.class, "because it is @Async", "return void");
	}

	@Test
	void methodThatAsyncSubclassInheritsIsRefused() {
		assertFails(AsyncSubclass.class, "work()", "because it is @Async", "return void");
	}

	@Test
	void methodThatReturnsFutureIsRefused() {
		assertFails(ReturnsCompletableFuture.class, "declared to return CompletableFuture", "return void");
		assertFails(ReturnsFuture.class, "declared to return Future", "return void");
		assertFails(ReturnsMono.class, "declared to return Mono", "return void");
	}

	@Test
	void methodOfRequestScopedBeanIsRefused() {
		assertFails(RequestScoped.class, "belongs to the request-scoped bean", "Move it to a singleton");
		assertFails(RequestScopedWithoutProxy.class, "belongs to the request-scoped bean", "Move it to a singleton");
	}

	@Test
	void methodOfSessionScopedBeanIsRefused() {
		assertFails(SessionScoped.class, "belongs to the session-scoped bean", "Move it to a singleton");
	}

	@Test
	void methodThatProxyDoesNotHaveIsRefused() {
		this.contextRunner.withPropertyValues("spring.aop.proxy-target-class=false")
			.withUserConfiguration(InterfaceProxies.class, NotInInterface.class)
			.run((context) -> {
				FailureAnalysis analysis = WebContexts.analyze(context);
				assertThat(analysis.getDescription()).contains(NotInInterface.class.getName() + ".work()",
						"cannot be called through the proxy");
				assertThat(analysis.getAction()).contains("Declare it in an interface");
			});
	}

	@ParameterizedTest
	@ValueSource(classes = { LazyBehindProxy.class, PrototypeBehindProxy.class, ProductBehindProxy.class,
			LazyInterfaceBehindProxy.class, SingletonBehindProxy.class })
	void methodIsCalledThroughAProxyOfInterfacesThatIsMadeLater(Class<?> configuration) {
		this.contextRunner.withPropertyValues("spring.aop.proxy-target-class=false")
			.withUserConfiguration(InterfaceProxies.class, configuration)
			.run((context) -> {
				PostPhaseRegistry registry = context.getBean(PostPhaseRegistry.class);
				for (int i = 0; i < 2; i++) {
					CALLED.set(0);
					PostPhaseMethod method = registry.find("behindProxy");
					assertThat(method).isNotNull();
					ReflectionTestUtils.invokeMethod(method, "invoke", new Object[0], null, null);
					assertThat(CALLED).hasValue(1);
				}
				assertThat(Proxy.isProxyClass(context.getBean(Other.class).getClass())).isTrue();
			});
	}

	@Test
	void postPhaseOfParentContextIsFoundAndNotTwice() {
		new ApplicationContextRunner().withUserConfiguration(First.class, Names.class)
			.run((parent) -> this.contextRunner.withParent(parent)
				.withUserConfiguration(Second.class)
				.withAllowBeanDefinitionOverriding(true)
				.run((context) -> {
					FailureAnalysis analysis = WebContexts.analyze(context);
					assertThat(analysis.getDescription()).contains("The post-phase name 'work' is used twice");
				}));
		new ApplicationContextRunner().withBean("mail", Names.class)
			.withBean("work", First.class)
			.run((parent) -> this.contextRunner.withParent(parent).withBean("work", Second.class).run((context) -> {
				PostPhaseRegistry registry = context.getBean(PostPhaseRegistry.class);
				assertThat(registry.names()).containsExactly("byMethod", "other-name", "pack-export", "work");
				assertThat(registry.find("work")).hasToString(Second.class.getName() + ".other()");
			}));
	}

	@Test
	void postPhaseInPackageThatBeginsAsSpringsIsFound() {
		this.contextRunner.withBean(ClinicController.Mail.class)
			.run((context) -> assertThat(context.getBean(PostPhaseRegistry.class).names()).containsExactly("clinic"));
	}

	@Test
	void timeoutThatIsNoDurationIsRefused() {
		assertFails(BadTimeout.class, "has the timeout 'soon'", "90s, 10m or PT10M");
	}

	@Test
	void nameWithControlCharactersIsRefused() {
		assertFails(NameOfTwoLines.class,
				"has a name that must not contain control characters, line separators or marks of the text's "
						+ "direction, but has U+000A at index 4 of 'work?forged'",
				"a short name of visible characters");
	}

	@Test
	void retryPolicyThatCannotWorkIsRefused() {
		assertFails(RetriedWithUnknownPlaceholder.class,
				"has a @Retry with the delay '${no.such.key}', which is not a duration", "500ms, 10s or PT10S");
	}

	@Test
	void negativeTimeoutIsRefused() {
		assertFails(NegativeTimeout.class, "has the timeout '-1s'", "0 for no limit");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			366d                       | , which is too large: at most 365d
			P366D                      | , which is too large: at most 365d
			9223372036854775807        | , which is too large: at most 365d
			9223372036854775807d       | .
			PT9223372036854775807H     | .
			1ns                        | , which is too small: 0, or at least 1ms
			PT0.0009S                  | , which is too small: 0, or at least 1ms
			-1ms                       | , which must not be negative
			""")
	void timeoutOutOfBoundsIsRefused(String timeout, String reason) {
		this.contextRunner.withUserConfiguration(TimeoutOfProperty.class)
			.withPropertyValues("my.timeout=" + timeout)
			.run((context) -> {
				FailureAnalysis analysis = WebContexts.analyze(context);
				assertThat(analysis.getDescription()).contains(TimeoutOfProperty.class.getName() + ".limited()",
						"has the timeout '" + timeout + "'" + reason);
				assertThat(analysis.getAction()).contains("90s, 10m or PT10M");
			});
	}

	@Test
	void timeoutOfUnknownPlaceholderIsRefused() {
		assertFails(UnknownPlaceholder.class, "${no.such.key}", "placeholder");
	}

	@Test
	void methodThatTakesEarlyResponseIsRefused() {
		assertFails(TakesEarlyResponse.class, "EarlyResponse, which dies with the request", "take a PostPhaseContext");
	}

	@Test
	void timeoutsAreRead() {
		this.contextRunner.withUserConfiguration(Timeouts.class).withPropertyValues("my.timeout=3m").run((context) -> {
			PostPhaseRegistry registry = context.getBean(PostPhaseRegistry.class);
			assertThat(timeout(registry, "simple")).hasToString("PT1M30S");
			assertThat(timeout(registry, "iso")).hasToString("PT10M");
			assertThat(timeout(registry, "number")).hasToString("PT0.25S");
			assertThat(timeout(registry, "placeholder")).hasToString("PT3M");
			assertThat(timeout(registry, "fallback")).hasToString("PT5S");
			assertThat(timeout(registry, "zero")).hasToString("PT0S");
			assertThat(timeout(registry, "none")).isNull();
		});
	}

	private static Object timeout(PostPhaseRegistry registry, String name) {
		PostPhaseMethod method = registry.find(name);
		assertThat(method).as(name).isNotNull();
		return ReflectionTestUtils.getField(method, "timeout");
	}

	@Test
	void nameIsThatOfAnnotationOrElseOfMethod() {
		this.contextRunner.withUserConfiguration(Names.class)
			.run((context) -> assertThat(context.getBean(PostPhaseRegistry.class).names())
				.containsExactlyInAnyOrder("pack-export", "other-name", "byMethod"));
	}

	@Test
	void lazyAndPrototypeBeansAreFoundAndNotCreated() {
		this.contextRunner.withUserConfiguration(Lazily.class, Prototype.class)
			.run((context) -> assertThat(context.getBean(PostPhaseRegistry.class).names())
				.containsExactlyInAnyOrder("lazily", "prototype"));
	}

	@Test
	void postPhaseOfConfigurationAndOfBeanMethodIsFound() {
		this.contextRunner.withUserConfiguration(ConfigurationWithPostPhase.class)
			.run((context) -> assertThat(context.getBean(PostPhaseRegistry.class).names())
				.containsExactlyInAnyOrder("ofConfiguration", "work"));
	}

	static class Inherited extends PackagePrivatePostPhase {

		@ConcurrencyLimit(1)
		void limited() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableResilientMethods(proxyTargetClass = true)
	static class ClassProxies {

	}

	static class TakesEarlyResponse {

		@PostPhase
		void work(EarlyResponse<String> early) {
		}

	}

	static class Renamed {

		@PostPhase(durable = true, aliases = { "work", "renamed" })
		void renamed() {
		}

	}

	static class RenamedToo {

		@PostPhase(durable = true, aliases = "work")
		void renamedToo() {
		}

	}

	static class First {

		@PostPhase
		void work() {
		}

	}

	static class Second {

		@PostPhase("work")
		void other() {
		}

	}

	@RestController
	static class UnboundHandler {

		@GetMapping("/")
		@RespondThenContinue("work")
		String handle() {
			return "";
		}

		@PostPhase
		void work(LocalDate date) {
		}

	}

	@RestController
	static class AmbiguousHandler {

		@GetMapping("/")
		@RespondThenContinue("work")
		void handle(String first, String second) {
		}

		@PostPhase
		void work(String text) {
		}

	}

	static class PrivateMethod {

		@PostPhase
		private void work() {
		}

	}

	static class FinalMethod {

		@PostPhase
		final void work() {
		}

	}

	static class StaticMethod {

		@PostPhase
		static void work() {
		}

	}

	static class AsyncMethod {

		@Async
		@PostPhase
		void work() {
		}

	}

	@Async
	static class AsyncClass {

		@PostPhase
		void work() {
		}

	}

	static class Base {

		@PostPhase
		void work() {
		}

	}

	@Async
	static class AsyncSubclass extends Base {

	}

	static class ReturnsCompletableFuture {

		@PostPhase
		CompletableFuture<Void> work() {
			return null;
		}

	}

	static class ReturnsFuture {

		@PostPhase
		Future<String> work() {
			return null;
		}

	}

	static class ReturnsMono {

		@PostPhase
		Mono<Void> work() {
			return null;
		}

	}

	@RequestScope
	static class RequestScoped {

		@PostPhase
		void work() {
		}

	}

	@Scope("request")
	static class RequestScopedWithoutProxy {

		@PostPhase
		void work() {
		}

	}

	@SessionScope
	static class SessionScoped {

		@PostPhase
		void work() {
		}

	}

	interface Other {

		@Async
		void other();

	}

	@EnableAsync(proxyTargetClass = false)
	@Configuration(proxyBeanMethods = false)
	static class InterfaceProxies {

	}

	static class NotInInterface implements Other {

		@Override
		public void other() {
		}

		@PostPhase
		void work() {
		}

	}

	interface BehindProxy extends Other {

		void behindProxy();

	}

	static class BehindProxyMailer implements BehindProxy {

		@Override
		@Async
		public void other() {
		}

		@Override
		@PostPhase
		public void behindProxy() {
			CALLED.incrementAndGet();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SingletonBehindProxy {

		@Bean
		BehindProxyMailer mailer() {
			return new BehindProxyMailer();
		}

	}

	@Lazy
	@Configuration(proxyBeanMethods = false)
	static class LazyBehindProxy extends SingletonBehindProxy {

	}

	@Configuration(proxyBeanMethods = false)
	static class LazyInterfaceBehindProxy {

		@Bean
		@Lazy
		BehindProxy mailer() {
			return new BehindProxyMailer();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PrototypeBehindProxy {

		@Bean
		@Scope("prototype")
		BehindProxyMailer mailer() {
			return new BehindProxyMailer();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ProductBehindProxy {

		@Bean
		FactoryBean<BehindProxy> mailer() {
			return new FactoryBean<>() {

				@Override
				public BehindProxy getObject() {
					return new BehindProxyMailer();
				}

				@Override
				public Class<?> getObjectType() {
					return BehindProxyMailer.class;
				}

			};
		}

	}

	static class NameOfTwoLines {

		@PostPhase("work\nforged")
		void work() {
		}

	}

	static class TimeoutOfProperty {

		@PostPhase(timeout = "${my.timeout}")
		void limited() {
		}

	}

	static class BadTimeout {

		@PostPhase(timeout = "soon")
		void work() {
		}

	}

	static class RetriedWithUnknownPlaceholder {

		@PostPhase(retry = @Retry(maxRetries = 2, delay = "${no.such.key}"))
		void work() {
		}

	}

	static class NegativeTimeout {

		@PostPhase(timeout = "-1s")
		void work() {
		}

	}

	static class UnknownPlaceholder {

		@PostPhase(timeout = "${no.such.key}")
		void work() {
		}

	}

	static class Timeouts {

		@PostPhase(timeout = "90s")
		void simple() {
		}

		@PostPhase(timeout = "PT10M")
		void iso() {
		}

		@PostPhase(timeout = "250")
		void number() {
		}

		@PostPhase(timeout = "${my.timeout}")
		void placeholder() {
		}

		@PostPhase(timeout = "${no.such.key:5s}")
		void fallback() {
		}

		@PostPhase(timeout = "0")
		void zero() {
		}

		@PostPhase
		void none() {
		}

	}

	static class Names {

		@PostPhase("pack-export")
		void pack() {
		}

		@PostPhase(name = "other-name")
		void other() {
		}

		@PostPhase
		void byMethod() {
		}

	}

	@Lazy
	static class Lazily {

		Lazily() {
			throw new IllegalStateException("must not be created at start-up");
		}

		@PostPhase
		void lazily() {
		}

	}

	@Scope("prototype")
	static class Prototype {

		Prototype() {
			throw new IllegalStateException("must not be created at start-up");
		}

		@PostPhase
		void prototype() {
		}

	}

	@Configuration
	static class ConfigurationWithPostPhase {

		@PostPhase
		void ofConfiguration() {
		}

		@Bean
		First first() {
			return new First();
		}

	}

}
