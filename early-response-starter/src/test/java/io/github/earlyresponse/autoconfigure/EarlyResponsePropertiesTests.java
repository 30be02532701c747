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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;

import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.memory.MemoryEngineSettings;
import io.github.earlyresponse.memory.WhenSaturated;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EarlyResponseProperties}.
 */
class EarlyResponsePropertiesTests {

	private final WebApplicationContextRunner contextRunner = WebContexts.withStarter();

	/**
	 * Without what uses them, for the many values that are refused when they are bound.
	 */
	private final WebApplicationContextRunner propertiesRunner = new WebApplicationContextRunner()
		.withUserConfiguration(Bound.class);

	private static MemoryEngineSettings settings(ApplicationContext context) {
		return (MemoryEngineSettings) ReflectionTestUtils.getField(context.getBean(PostPhaseOperations.class),
				"settings");
	}

	@Test
	void hasDefaults() {
		this.contextRunner.run((context) -> {
			EarlyResponseProperties properties = context.getBean(EarlyResponseProperties.class);
			assertThat(properties.isEnabled()).isTrue();
			assertThat(properties.getExecutor().getVirtualThreads()).isEqualTo("auto");
			assertThat(properties.getExecutor().getMaxConcurrency()).isNull();
			assertThat(properties.getExecutor().getQueueCapacity()).isEqualTo(1000);
			assertThat(properties.getExecutor().getThreadNamePrefix()).isEqualTo("post-phase-");
			assertThat(properties.getExecutor().getBean()).isNull();
			assertThat(properties.getContext().isSecurity()).isTrue();
			assertThat(properties.getContext().isObservation()).isTrue();
			assertThat(properties.getContext().isMdc()).isTrue();
			assertThat(properties.getContext().isLocale()).isTrue();
			assertThat(properties.getHealth().getSaturationThreshold()).isEqualTo(0.95);
			assertThat(properties.getHealth().getRecoveryThreshold()).isEqualTo(0.8);
			assertThat(properties.getHealth().isReadiness()).isFalse();
			assertThat(settings(context)).isEqualTo(new MemoryEngineSettings(1016, WhenSaturated.REJECT,
					Duration.ofSeconds(1), Duration.ofSeconds(20)));
		});
	}

	@Test
	void reachTheEngine() {
		this.contextRunner
			.withPropertyValues("early-response.executor.max-concurrency=3", "early-response.executor.queue-capacity=4",
					"early-response.when-saturated=caller-runs", "early-response.retry-after=5s",
					"early-response.timeout=2m", "early-response.shutdown.timeout=7s",
					"early-response.durable.hand-back-after=2s")
			.run((context) -> {
				assertThat(settings(context)).isEqualTo(new MemoryEngineSettings(7, WhenSaturated.CALLER_RUNS,
						Duration.ofSeconds(5), Duration.ofSeconds(7), Duration.ofSeconds(2)));
				assertThat(context.getBean(PostPhaseOperations.class).capacity()).isEqualTo(7);
			});
	}

	@Test
	void zeroIsAllowedWhereItMakesSense() {
		this.contextRunner
			.withPropertyValues("early-response.executor.queue-capacity=0", "early-response.retry-after=0",
					"early-response.timeout=0", "early-response.shutdown.timeout=0")
			.run((context) -> assertThat(settings(context))
				.isEqualTo(new MemoryEngineSettings(16, WhenSaturated.REJECT, Duration.ZERO, Duration.ZERO)));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					executor.max-concurrency    | 0          | It must be at least 1
					executor.max-concurrency    | -5         | It must be at least 1
					executor.max-concurrency    | 1000001    | It is too large: at most 1000000
					executor.max-concurrency    | 2147483648 | failed to convert
					executor.queue-capacity     | -1         | It must not be negative
					executor.queue-capacity     | 10000001   | It is too large: at most 10000000
					executor.queue-capacity     | 2147483647 | It is too large
					executor.thread-name-prefix | ''         | It must not be empty
					retry-after                 | -1s        | It must not be negative
					retry-after                 | 1ns        | It is too small: 0, or at least 1ms
					retry-after                 | 366d       | It is too large: at most 365d
					timeout                     | -1s        | It must not be negative
					timeout                     | 999us      | It is too small: 0, or at least 1ms
					timeout                     | P106751D   | It is too large: at most 365d
					shutdown.timeout            | -1s        | It must not be negative
					shutdown.timeout            | 1us        | It is too small: 0, or at least 1ms
					shutdown.timeout            | 292y       | failed to convert
					shutdown.timeout            | 9223372036854775807s | It is too large: at most 365d
					retry.max-retries           | -1         | It must not be negative
					retry.max-retries           | 1000001    | It is too large: at most 1000000
					retry.give-up-after         | 0s         | It must be positive
					durable.retry.give-up-after | 366d       | It is too large: at most 365d
					durable.checkpoint-interval | 0s         | It must be positive
					durable.hand-back-after     | -1s        | It must not be negative
					durable.hand-back-after     | 21s        | It must be at most the shutdown timeout, which is PT20S (early-response.shutdown.timeout)
					retry.max-deferrals         | -1         | It must not be negative
					retry.delay                 | 0          | It must be positive
					retry.delay                 | 366d       | It is too large: at most 365d
					retry.multiplier            | 0.9        | It must be at least 1
					retry.multiplier            | NaN        | It must be at least 1
					retry.multiplier            | Infinity   | It must be at least 1
					retry.max-delay             | 10ms       | It must be at least the delay, which is PT1S (early-response.retry.delay)
					retry.max-delay             | 366d       | It is too large: at most 365d
					retry.jitter                | -1s        | It must not be negative
					health.saturation-threshold | 0          | It must be greater than 0 and at most 1
					health.saturation-threshold | 1.01       | It must be greater than 0 and at most 1
					health.saturation-threshold | NaN        | It must be greater than 0 and at most 1
					health.saturation-threshold | Infinity   | It must be greater than 0 and at most 1
					health.recovery-threshold   | 0          | It must be greater than 0 and at most the saturation threshold, which is 0.95
					health.recovery-threshold   | 0.96       | It must be greater than 0 and at most the saturation threshold, which is 0.95
					health.recovery-threshold   | NaN        | It must be greater than 0
					status.path                 | post-phases | It must begin with a slash
					status.path                 | /          | It must begin with a slash
					status.path                 | //         | It must begin with a slash
					status.path                 | /status/   | It must begin with a slash
					status.path                 | /{id}      | It must begin with a slash
					status.path                 | /status/** | It must begin with a slash
					status.path                 | /a?b       | It must begin with a slash
					status.path                 | /a;b       | It must begin with a slash
					status.path                 | /%2e%2e/a  | It must begin with a slash
					status.path                 | /../admin  | It must have no segments of dots
					status.path                 | /a/.       | It must have no segments of dots
					status.keep-for             | 0s         | It must be positive
					status.keep-for             | 1ns        | It is too small: at least 1ms
					status.keep-for             | 366d       | It is too large: at most 365d
					status.keep-at-most         | 0          | It must be at least 1
					status.keep-at-most         | 10000001   | It is too large: at most 10000000
					status.cancellation-grace   | -1s        | It must not be negative
					status.cancellation-grace   | 366d       | It is too large: at most 365d
					status.retry-after          | -1s        | It must not be negative
					status.retry-after          | 366d       | It is too large: at most 365d
					status.event-interval       | 0s         | It must be positive
					status.event-interval       | 9ms        | It is too small: at least 10ms
					status.event-interval       | P106751D   | It is too large: at most 365d
					status.stall-timeout        | 0s         | It must be positive
					status.stall-timeout        | 1ns        | It is too small: at least 100ms
					status.stall-timeout        | P106751D   | It is too large: at most 365d
					status.watch-at-most        | -1         | It must not be negative
					status.watch-at-most        | 1000001    | It is too large: at most 1000000
					status.watch-at-most        | all        | failed to convert
					status.enabled              | maybe      | failed to convert
					status.event-interval       | often      | failed to convert
					context.mdc                 | maybe      | failed to convert
					when-saturated              | drop       | failed to convert
					executor.virtual-threads    | maybe      | It must be true, false or auto
					executor.virtual-threads    | 2          | It must be true, false or auto
					executor.max-concurrency    | many       | failed to convert
					timeout                     | soon       | failed to convert
					health.saturation-threshold | half       | failed to convert
					health.readiness            | maybe      | failed to convert
					""")
	void wrongValueFailsWithKeyAndReason(String key, String value, String reason) {
		assertFails(this.propertiesRunner, key, value, reason);
	}

	@Test
	void executorThatDoesNotExistFailsWithKeyAndReason() {
		assertFails(this.contextRunner, "executor.bean", "nobody",
				"There is no Executor bean of that name; those that exist are [applicationTaskExecutor]");
	}

	private static void assertFails(WebApplicationContextRunner runner, String key, String value, String reason) {
		String property = "early-response." + key + "=" + value;
		runner.withPropertyValues(property).run((context) -> {
			FailureAnalysis analysis = WebContexts.analyze(context, property);
			assertThat(analysis.getDescription()).contains("early-response." + key).contains(reason);
			if (!value.isEmpty()) {
				assertThat(analysis.getDescription()).contains(value);
			}
			assertThat(analysis.getAction()).isNotBlank();
		});
	}

	@Test
	void sumThatOverflowsNamesBothKeys() {
		String[] properties = { "early-response.executor.max-concurrency=2147483647",
				"early-response.executor.queue-capacity=1" };
		this.contextRunner.withPropertyValues(properties)
			.run((context) -> assertThat(WebContexts.analyze(context, properties).getDescription()).contains(
					"'2147483647' for configuration property 'early-response.executor.max-concurrency'",
					"It is too large", "early-response.executor.queue-capacity, which is 1"));
	}

	@Test
	void thresholdThatIsBelowDefaultOfTheOtherNamesBothKeys() {
		String property = "early-response.health.saturation-threshold=0.5";
		this.contextRunner.withPropertyValues(property)
			.run((context) -> assertThat(WebContexts.analyze(context, property).getDescription()).contains(
					"early-response.health.recovery-threshold", "0.5 (early-response.health.saturation-threshold)"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "a\nb", "a\rb", "\u0007", "\u202ea", "\u0085", "\u2028" })
	void prefixThatForgesLogLinesIsRefused(String prefix) {
		this.contextRunner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("test",
						Map.of("early-response.executor.thread-name-prefix", "x" + prefix + "y"))))
			.run((context) -> assertThat(WebContexts.analyze(context).getDescription())
				.contains("early-response.executor.thread-name-prefix", "It must not contain control characters"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "executor.thread-name-prefix", "status.path" })
	void textThatIsTooLongIsRefused(String key) {
		String property = "early-response." + key + "=/" + "x".repeat(100);
		this.contextRunner.withPropertyValues(property)
			.run((context) -> assertThat(WebContexts.analyze(context, property).getDescription())
				.contains("early-response." + key, "It is too long: at most 100 characters"));
	}

	@Test
	void boundsThemselvesAreAllowed() {
		this.contextRunner
			.withPropertyValues("early-response.executor.max-concurrency=1000000",
					"early-response.executor.queue-capacity=10000000", "early-response.retry-after=365d",
					"early-response.timeout=365d", "early-response.shutdown.timeout=365d",
					"early-response.health.saturation-threshold=1", "early-response.health.recovery-threshold=1",
					"early-response.status.enabled=true", "early-response.status.path=/.well-known/a/a",
					"early-response.status.keep-for=365d", "early-response.status.keep-at-most=10000000",
					"early-response.status.cancellation-grace=365d", "early-response.status.retry-after=365d",
					"early-response.status.event-interval=365d", "early-response.status.stall-timeout=365d",
					"early-response.status.watch-at-most=1000000", "early-response.health.readiness=true")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(PostPhaseOperations.class).capacity()).isEqualTo(11_000_000);
			});
		this.contextRunner
			.withPropertyValues("early-response.timeout=1ms", "early-response.status.enabled=true",
					"early-response.status.keep-for=1ms", "early-response.status.event-interval=10ms",
					"early-response.status.stall-timeout=100ms", "early-response.status.watch-at-most=0",
					"early-response.status.cancellation-grace=0", "early-response.upload.directory=")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void valuesAreCheckedAlsoWhereTheyAreNotUsed() {
		this.contextRunner
			.withPropertyValues("early-response.enabled=false", "early-response.status.event-interval=1ns")
			.run((context) -> assertThat(WebContexts.analyze(context).getDescription())
				.contains("early-response.status.event-interval"));
	}

	@Test
	void directoryInWhichNoFilesCanBeMadeFailsWithKeyAndReason(@TempDir Path directory) throws IOException {
		Path file = Files.writeString(directory.resolve("in-the-way"), "");
		String property = "early-response.upload.directory=" + file;
		this.contextRunner.withPropertyValues(property)
			.run((context) -> assertThat(WebContexts.analyze(context, property).getDescription())
				.contains("early-response.upload.directory", "No files can be made there", "in-the-way"));
		this.contextRunner.withPropertyValues("early-response.upload.directory=" + directory.resolve("new"))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(directory.resolve("new")).isEmptyDirectory();
			});
	}

	@Test
	@EnabledForJreRange(max = JRE.JAVA_20)
	void virtualThreadsFailOnOldJavaWithKeyAndReason() {
		String property = "early-response.executor.virtual-threads=true";
		this.contextRunner.withPropertyValues(property)
			.run((context) -> assertThat(WebContexts.analyze(context, property).getDescription())
				.contains("early-response.executor.virtual-threads", "Virtual threads need Java 21 or newer"));
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void virtualThreadsHaveConcurrencyOfTheirOwn() {
		this.contextRunner.withPropertyValues("early-response.executor.virtual-threads=true")
			.run((context) -> assertThat(settings(context).capacity()).isEqualTo(1256));
	}

	@ParameterizedTest
	@MethodSource
	void virtualThreadsMayBeAnyBooleanOrAuto(Object value, @Nullable Boolean expected) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources()
			.addFirst(new MapPropertySource("yaml", Map.of("early-response.executor.virtual-threads", value)));
		EarlyResponseProperties properties = Binder.get(environment)
			.bind("early-response", EarlyResponseProperties.class)
			.get();
		properties.afterPropertiesSet();
		assertThat(PropertyBounds.virtualThreads(properties.getExecutor())).isEqualTo(expected);
	}

	static Stream<Arguments> virtualThreadsMayBeAnyBooleanOrAuto() {
		return Stream.concat(
				Stream.of(true, "true", "TRUE", "yes", "on", "1", 1, " on ").map((value) -> Arguments.of(value, true)),
				Stream.concat(Stream.of(false, "false", "no", "Off", "0", 0).map((value) -> Arguments.of(value, false)),
						Stream.of("auto", "AUTO", " Auto", "").map((value) -> Arguments.of(value, null))));
	}

	@EnableConfigurationProperties(EarlyResponseProperties.class)
	static class Bound {

	}

}
