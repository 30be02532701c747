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
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractMap;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link KeyCheck}: what is set and has no effect is named.
 */
@ExtendWith(OutputCaptureExtension.class)
class KeyCheckTests {

	private static final String NO_EFFECT = "has no effect";

	private final WebApplicationContextRunner contextRunner = new WebApplicationContextRunner()
		.withUserConfiguration(Checked.class);

	private WebApplicationContextRunner with(PropertySource<?> source) {
		return this.contextRunner
			.withInitializer((context) -> context.getEnvironment().getPropertySources().addFirst(source));
	}

	private WebApplicationContextRunner withVariable(String name) {
		return withVariable(name, "s3cret");
	}

	private WebApplicationContextRunner withVariable(String name, String value) {
		return with(new SystemEnvironmentPropertySource("test-systemEnvironment", Map.of(name, value)));
	}

	private WebApplicationContextRunner withYaml(String yaml) throws IOException {
		return with(new YamlPropertySourceLoader()
			.load("application.yaml", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8), "application.yaml"))
			.get(0));
	}

	@ParameterizedTest
	@CsvSource({ "early-response.executor.max-concurency, early-response.executor.max-concurrency",
			"early-response.executor.maxConcurency, early-response.executor.max-concurrency",
			"early-response.max-concurrency, early-response.executor.max-concurrency",
			"early-response.queue-capacity, early-response.executor.queue-capacity",
			"early-response.executor.concurrency, early-response.executor.max-concurrency",
			"early-response.enable, early-response.enabled", "early-response.enabeld, early-response.enabled",
			"early-response.status.enable, early-response.status.enabled",
			"early-response.shutdown-timeout, early-response.shutdown.timeout",
			"early-response.when-saturatd, early-response.when-saturated",
			"early-response.uploads.directory, early-response.upload.directory",
			"early.response.enabled, early-response.enabled", "EARLY_RESPONSE_ENABLED, early-response.enabled",
			"early-response-enabled, early-response.enabled" })
	void unknownKeyIsNamedWithTheOneThatIsMeant(String key, String meant, CapturedOutput output) {
		this.contextRunner.withPropertyValues(key + "=s3cret").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).containsOnlyOnce(NO_EFFECT)
				.contains("WARN", "'" + key + "'", "Did you mean '" + meant + "'?")
				.doesNotContain("s3cret");
		});
	}

	@Test
	void keyInAnotherGroupMayMeanSeveral(CapturedOutput output) {
		this.contextRunner.withPropertyValues("early-response.executor.timeout=1s")
			.run((context) -> assertThat(output).containsOnlyOnce(NO_EFFECT)
				.contains("'early-response.executor.timeout'", "Did you mean ", "'early-response.timeout'", " or ",
						"'early-response.shutdown.timeout'"));
	}

	@Test
	void keyThatIsNearToNoneIsNamedWithoutAdvice(CapturedOutput output) {
		this.contextRunner.withPropertyValues("early-response.frobnicate=s3cret").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).containsOnlyOnce("'early-response.frobnicate'")
				.contains(NO_EFFECT)
				.doesNotContain("Did you mean", "s3cret");
		});
	}

	@Test
	void originIsTold(CapturedOutput output) throws IOException {
		withYaml("early-response:\n  executor:\n    max-concurency: 4\n")
			.run((context) -> assertThat(output).contains("application.yaml", "3:21"));
	}

	@Test
	void valueForAllIsNamed(CapturedOutput output) {
		this.contextRunner.withPropertyValues("early-response=false").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).containsOnlyOnce("'early-response' (property source 'test')")
				.contains("is a group of properties", "Did you mean 'early-response.enabled'?");
		});
	}

	@ParameterizedTest
	@CsvSource({ "early-response.status, Did you mean 'early-response.status.enabled'?",
			"early-response.executor, Set one of the group" })
	void valueForGroupStopsTheStartAndSaysWhy(String group, String advice) {
		this.contextRunner.withPropertyValues(group + "=s3cret")
			.run((context) -> assertThat(WebContexts.analyze(context).getDescription())
				.contains("configuration property '" + group + "'", "'" + group + "' (property source 'test')",
						"is a group of properties", advice)
				.doesNotContain("s3cret"));
	}

	@ParameterizedTest
	@CsvSource({ "EARLY_RESPONSE_STATUS, early-response.status, Did you mean 'EARLYRESPONSE_STATUS_ENABLED'?",
			"EARLYRESPONSE_EXECUTOR, early-response.executor, Set one of the group" })
	void variableForGroupStopsTheStartAndSaysWhy(String variable, String group, String advice) {
		withVariable(variable).run((context) -> assertThat(WebContexts.analyze(context).getDescription())
			.contains("configuration property '" + group + "'", "'" + variable + "'", advice)
			.doesNotContain("s3cret"));
	}

	@Test
	void variableForAllIsNamed(CapturedOutput output) {
		withVariable("EARLY_RESPONSE").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).containsOnlyOnce("'EARLY_RESPONSE'")
				.contains("is a group of properties", "Did you mean 'EARLYRESPONSE_ENABLED'?")
				.doesNotContain("s3cret");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " null", " {}", " []", " ''" })
	void groupWithoutPropertiesStopsTheStartAndSaysWhy(String value) throws IOException {
		withYaml("early-response:\n  executor:" + value + "\n")
			.run((context) -> assertThat(WebContexts.analyze(context).getDescription()).contains(
					"configuration property 'early-response.executor'", "application.yaml", "is a group of properties",
					"Remove it, or set one of the group"));
	}

	@Test
	void allWithoutPropertiesIsAllowed(CapturedOutput output) throws IOException {
		withYaml("early-response:\n").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).doesNotContain(NO_EFFECT);
		});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					early-response.timeout[0]                     | early-response.timeout                  | a list
					early-response.executor.max-concurrency.least | early-response.executor.max-concurrency | a group of properties
					early-response.enabled.always                 | early-response.enabled                  | a group of properties
					early-response.when-saturated[0]              | early-response.when-saturated           | a list
					""")
	void listOrGroupForSingleValueStopsTheStart(String key, String single, String form) {
		this.contextRunner.withPropertyValues(key + "=s3cret")
			.run((context) -> assertThat(WebContexts.analyze(context).getDescription())
				.contains("Invalid value '" + form + "' for configuration property '" + single + "'", "'" + key + "'",
						"It takes a single value")
				.doesNotContain("s3cret"));
	}

	@Test
	void listInYamlStopsTheStart() throws IOException {
		withYaml("early-response:\n  timeout:\n  - 1s\n  - 2s\n")
			.run((context) -> assertThat(WebContexts.analyze(context).getDescription())
				.contains("early-response.timeout", "a list", "application.yaml"));
	}

	@ParameterizedTest
	@CsvSource({ "EARLY_RESPONSE_MAX_CONCURENCY, EARLYRESPONSE_EXECUTOR_MAXCONCURRENCY",
			"EARLYRESPONSE_EXECUTOR_MAXCONCURENCY, EARLYRESPONSE_EXECUTOR_MAXCONCURRENCY",
			"EARLYRESPONSE_EXECUTOR_MAX_CONCURRENCY, EARLYRESPONSE_EXECUTOR_MAXCONCURRENCY",
			"EARLY_RESPONSE_EXECUTOR_MAXCONCURRENCY, EARLYRESPONSE_EXECUTOR_MAXCONCURRENCY",
			"EARLY_RESPONSE_ENABELD, EARLYRESPONSE_ENABLED", "EARLY_RESPONSE_TIMEOUT_0, EARLYRESPONSE_TIMEOUT" })
	void unknownVariableIsNamed(String variable, String meant, CapturedOutput output) {
		withVariable(variable).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).containsOnlyOnce(variable + " sets no property")
				.contains("Did you mean " + meant)
				.doesNotContain("s3cret");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "EARLY_RESPONSE_SERVICE_HOST", "EARLY_RESPONSE_SERVICE_PORT",
			"EARLY_RESPONSE_SERVICE_PORT_HTTP", "EARLY_RESPONSE_PORT", "EARLY_RESPONSE_PORT_8080_TCP",
			"EARLY_RESPONSE_PORT_8080_TCP_ADDR", "EARLY_RESPONSE_SAMPLE_SERVICE_HOST", "EARLY_RESPONSES",
			"EARLY_BIRD" })
	void variablesOfOthersAreLeftAlone(String variable, CapturedOutput output) {
		withVariable(variable).run((context) -> assertThat(output).doesNotContain(NO_EFFECT));
	}

	@Test
	void unknownVariableThatEndsLikeOneOfALinkIsNamed(CapturedOutput output) {
		withVariable("EARLY_RESPONSE_EXECUTOR_BEAN_NAME")
			.run((context) -> assertThat(output).contains("EARLY_RESPONSE_EXECUTOR_BEAN_NAME sets no property"));
	}

	@Test
	void variableOfLinkedContainerIsLeftAlone(CapturedOutput output) {
		withVariable("EARLY_RESPONSE_NAME", "/web/early-response")
			.run((context) -> assertThat(output).doesNotContain(NO_EFFECT));
	}

	@ParameterizedTest
	@ValueSource(strings = { "early-response.executor.threadNamePrefix=x",
			"earlyResponse.executor.thread-name-prefix=x", "early_response.executor.THREAD_NAME_PREFIX=x",
			"early-response.upload.directory=", "management.health.earlyresponse.enabled=true", "early-bird.enabled=x",
			"earlyresponses.enabled=x" })
	void whatIsKnownIsNotNamed(String property, CapturedOutput output) {
		this.contextRunner.withPropertyValues(property).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).doesNotContain(NO_EFFECT);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "EARLY_RESPONSE_EXECUTOR_THREAD_NAME_PREFIX", "EARLYRESPONSE_EXECUTOR_THREADNAMEPREFIX" })
	void variableThatIsKnownIsNotNamed(String variable, CapturedOutput output) {
		withVariable(variable).run((context) -> {
			assertThat(context.getBean(EarlyResponseProperties.class).getExecutor().getThreadNamePrefix())
				.isEqualTo("s3cret");
			assertThat(output).doesNotContain(NO_EFFECT);
		});
	}

	@Test
	void keysOfOtherModulesAreKnownByTheirMetadata(@TempDir Path folder, CapturedOutput output) throws IOException {
		Path metadata = Files.createDirectories(folder.resolve("META-INF"))
			.resolve("spring-configuration-metadata.json");
		Files.writeString(metadata,
				"""
						{ "groups": [], "hints": [], "properties": [
							{ "name": "early-response.jdbc.table", "type": "java.lang.String" },
							{ "name": "early-response.jdbc.options", "type": "java.util.Map<java.lang.String,java.lang.String>" }
						] }""");
		Files.writeString(folder.resolve("META-INF/additional-spring-configuration-metadata.json"), """
				{ "properties": [ { "name": "early-response.jdbc.work", "type": "java.lang.Boolean" } ] }""");
		Path broken = Files.createDirectories(folder.resolve("broken/META-INF"))
			.resolve("spring-configuration-metadata.json");
		Files.writeString(broken, "{ \"early-response.");
		try (URLClassLoader classLoader = new URLClassLoader(
				new URL[] { folder.toUri().toURL(), folder.resolve("broken/").toUri().toURL() },
				getClass().getClassLoader())) {
			this.contextRunner.withClassLoader(classLoader)
				.withPropertyValues("early-response.jdbc.table=x", "early-response.jdbc.work=x",
						"early-response.jdbc.options.any.thing=x")
				.run((context) -> assertThat(output).doesNotContain(NO_EFFECT));
			this.contextRunner.withClassLoader(classLoader)
				.withPropertyValues("early-response.jdbc.tabel=x")
				.run((context) -> assertThat(output).contains("Did you mean 'early-response.jdbc.table'?"));
		}
	}

	@Test
	void sourceWhoseNamesCannotBeToldIsNoFailure() {
		Map<String, Object> opaque = new AbstractMap<>() {

			@Override
			public Object get(Object key) {
				return null;
			}

			@Override
			public boolean containsKey(Object key) {
				return false;
			}

			@Override
			public Set<Entry<String, Object>> entrySet() {
				throw new UnsupportedOperationException();
			}

		};
		with(new MapPropertySource("opaque", opaque)).run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void keyInSeveralSourcesIsNamedOnceWithAllOrigins(CapturedOutput output) {
		this.contextRunner.withInitializer((context) -> {
			context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("base", Map.of("early-response.enabeld", "s3cret")));
			context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("profile", Map.of("earlyResponse.enabeld", "s3cret")));
		})
			.run((context) -> assertThat(output).containsOnlyOnce(NO_EFFECT)
				.contains("'earlyResponse.enabeld' (property source 'profile', property source 'base')")
				.doesNotContain("s3cret"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "a\nb", "a\u0085b", "a\u2028b", "a\u202eb", "a\u001bb", "a\ud800b" })
	void keyForgesNoLineOfTheLog(String name, CapturedOutput output) {
		with(new MapPropertySource("test", Map.of("early-response." + name, "x")))
			.run((context) -> assertThat(output).containsOnlyOnce("'early-response.a?b'").doesNotContain(name));
		with(new MapPropertySource("test", Map.of("early-response.timeout." + name, "x")))
			.run((context) -> assertThat(WebContexts.analyze(context).getDescription())
				.contains("'early-response.timeout.a?b'")
				.doesNotContain(name));
	}

	@ParameterizedTest
	@ValueSource(strings = { "Early_Response_Enabled", "EARLY.RESPONSE.ENABLED", "early-response.enabeld",
			"EARLY-RESPONSE-ENABLED", "early-response_enabeld" })
	void variableThatSpringBootDoesNotTakeIsNamed(String variable, CapturedOutput output) {
		withVariable(variable, "false").run((context) -> {
			assertThat(context.getBean(EarlyResponseProperties.class).isEnabled()).isTrue();
			assertThat(output).containsOnlyOnce(variable + " sets no property")
				.contains("Did you mean EARLYRESPONSE_ENABLED");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "early_response_enabled", "EARLY-RESPONSE_ENABLED", "early-response.enabled",
			"earlyresponse_enabled" })
	void variableThatSpringBootTakesIsNotNamed(String variable, CapturedOutput output) {
		withVariable(variable, "false").run((context) -> {
			assertThat(context.getBean(EarlyResponseProperties.class).isEnabled()).isFalse();
			assertThat(output).doesNotContain(NO_EFFECT);
		});
	}

	@Test
	void childContextsDoNotRepeatIt(CapturedOutput output) {
		this.contextRunner.withPropertyValues("early-response.enabeld=x")
			.run((parent) -> this.contextRunner.withParent(parent)
				.withPropertyValues("early-response.enabeld=x", "early-response.timeuot=x")
				.run((context) -> {
					assertThat(context).hasNotFailed();
					assertThat(output).containsOnlyOnce("'early-response.enabeld'")
						.containsOnlyOnce("'early-response.timeuot'");
				}));
	}

	@Test
	void isSaidOnceByApplicationAlsoOfJsonAndArguments(CapturedOutput output) {
		SpringApplication application = new SpringApplication(Application.class);
		try (ConfigurableApplicationContext context = application.run("--server.port=0",
				"--early-response.executor.max-concurency=4",
				"--spring.application.json={\"early-response\":{\"enabeld\":false}}")) {
			assertThat(output).containsOnlyOnce("'early-response.executor.max-concurency'")
				.containsOnlyOnce("Did you mean 'early-response.enabled'?");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	/**
	 * What is checked when the starter is there, without the rest of it.
	 */
	@EnableConfigurationProperties(EarlyResponseProperties.class)
	static class Checked {

		@Bean(KeyCheck.BEAN)
		static KeyCheck keyCheck(Environment environment) {
			return new KeyCheck(environment);
		}

	}

}
