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

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

import io.github.earlyresponse.actuate.ReadinessGroupPostProcessor;
import io.github.earlyresponse.micrometer.LinkingTracingObservationHandler;
import io.github.earlyresponse.status.StatusStore;
import io.github.earlyresponse.web.RespondThenContinueInterceptor;
import io.github.earlyresponse.web.request.EndedRequestCarrier;
import io.micrometer.tracing.Tracer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.ConfigurationPropertiesBinding;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.PropertySourcesPlaceholderConfigurer;
import org.springframework.core.convert.converter.Converter;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.core.type.MethodMetadata;
import org.springframework.core.type.classreading.CachingMetadataReaderFactory;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link Flag} and {@link ConditionalOnFlag}: whatever a property says and
 * wherever it is set, the beans that are there agree with the bound properties.
 */
class FlagTests {

	private static final Map<Flag, Class<?>> BEANS = Map.of(Flag.ENABLED, RespondThenContinueInterceptor.class,
			Flag.REQUEST_GUARD, EndedRequestCarrier.class, Flag.READINESS, ReadinessGroupPostProcessor.class,
			Flag.LINKED, LinkingTracingObservationHandler.class, Flag.STATUS, StatusStore.class);

	private static final Map<Object, Boolean> VALUES = Map.ofEntries(Map.entry("true", true), Map.entry("false", false),
			Map.entry("TRUE", true), Map.entry("False", false), Map.entry("yes", true), Map.entry("NO", false),
			Map.entry("on", true), Map.entry("Off", false), Map.entry("1", true), Map.entry("0", false),
			Map.entry(" on ", true), Map.entry(" 0", false), Map.entry(true, true), Map.entry(false, false),
			Map.entry("${flag.on}", true), Map.entry("${flag.off:no}", false), Map.entry("${flag.none:1}", true));

	private final WebApplicationContextRunner contextRunner = WebContexts.withStarter()
		.withBean(Tracer.class, () -> mock(Tracer.class));

	static Stream<Arguments> values() {
		return Stream.of(Flag.values())
			.flatMap((flag) -> VALUES.entrySet()
				.stream()
				.flatMap((value) -> sources(flag, value.getKey())
					.map((source) -> Arguments.of(flag, source, value.getValue()))));
	}

	private static Stream<PropertySource<?>> sources(Flag flag, Object value) {
		return Stream.of(new MapPropertySource("map", Map.of(flag.key(), value)),
				new MapPropertySource("relaxed",
						Map.of(flag.key().replace("early-response", "earlyResponse").replace("t-guard", "T_GUARD"),
								value)),
				environment(variable(flag, ""), value), environment(variable(flag, "_"), value));
	}

	private static SystemEnvironmentPropertySource environment(String name, Object value) {
		return new SystemEnvironmentPropertySource("test-systemEnvironment", Map.of(name, value));
	}

	private static String variable(Flag flag, String dash) {
		return flag.key().replace("-", dash).replace('.', '_').toUpperCase(Locale.ROOT);
	}

	@ParameterizedTest
	@MethodSource("values")
	void isBoundAsTheProperty(Flag flag, PropertySource<?> source, boolean expected) {
		MockEnvironment environment = new MockEnvironment().withProperty("flag.on", "yes")
			.withProperty("flag.off", "off");
		environment.getPropertySources().addFirst(source);
		EarlyResponseProperties properties = Binder.get(environment)
			.bindOrCreate("early-response", EarlyResponseProperties.class);
		assertThat(flag.isOn(properties)).isEqualTo(expected);
		assertThat(flag.isOn(environment)).isEqualTo(expected);
	}

	@ParameterizedTest
	@EnumSource(Flag.class)
	void missingPropertyIsItsDefault(Flag flag) {
		assertThat(flag.isOn(new MockEnvironment())).isEqualTo(flag.isOn(new EarlyResponseProperties()));
	}

	@ParameterizedTest
	@EnumSource(Flag.class)
	void beansAgreeWithProperties(Flag flag) {
		Map.of("1", true, "off", false)
			.forEach((value, on) -> this.contextRunner
				.withInitializer((context) -> context.getEnvironment()
					.getPropertySources()
					.addFirst(environment(variable(flag, "_"), value)))
				.run((context) -> {
					assertThat(context).hasNotFailed();
					assertThat(flag.isOn(context.getBean(EarlyResponseProperties.class))).isEqualTo(on);
					assertThat(context.getBeanNamesForType(BEANS.get(flag))).hasSize((on) ? 1 : 0);
					assertThat(context.getBeanNamesForType(DisabledConfiguration.class))
						.hasSize((flag == Flag.ENABLED && !on) ? 1 : 0);
				}));
	}

	/**
	 * The decision is that of the build, where the application was processed ahead of
	 * time.
	 */
	@Test
	void valueThatChangedAfterTheBuildStopsTheStart() {
		this.contextRunner
			.withInitializer((context) -> ((DefaultListableBeanFactory) context.getBeanFactory())
				.registerBeanDefinition("disabled", new RootBeanDefinition(DisabledConfiguration.class)))
			.run((context) -> assertThat(WebContexts.analyze(context).getDescription())
				.contains("early-response.enabled", "true", "It was false when the application was processed"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "maybe", "" })
	void valueThatIsNoBooleanStopsTheStart(String value) {
		for (Flag flag : Flag.values()) {
			String property = flag.key() + "=" + value;
			this.contextRunner.withPropertyValues(property).run((context) -> {
				FailureAnalysis analysis = WebContexts.analyze(context, property);
				assertThat(analysis.getDescription()).contains(flag.key(), value, "failed to convert");
			});
		}
	}

	@Test
	void allBooleansThatDecideAboutBeansAreFlags() throws Exception {
		CachingMetadataReaderFactory readers = new CachingMetadataReaderFactory();
		List<String> others = new ArrayList<>();
		for (var resource : new PathMatchingResourcePatternResolver()
			.getResources("classpath*:io/github/earlyresponse/**/*.class")) {
			if (resource.getURL().toString().contains("test-classes")) {
				continue;
			}
			AnnotationMetadata type = readers.getMetadataReader(resource).getAnnotationMetadata();
			if (type.isAnnotated(ConditionalOnBooleanProperty.class.getName())
					|| type.isAnnotated(ConditionalOnProperty.class.getName())) {
				others.add(type.getClassName());
			}
			Stream.of(ConditionalOnBooleanProperty.class, ConditionalOnProperty.class)
				.flatMap((annotation) -> type.getAnnotatedMethods(annotation.getName()).stream())
				.map(MethodMetadata::getMethodName)
				.forEach(others::add);
		}
		assertThat(others).isEmpty();
	}

	@Test
	void propertyThatTheEnvironmentDoesNotHaveStopsTheStart() {
		this.contextRunner.withUserConfiguration(LocalProperties.class)
			.run((context) -> assertThat(WebContexts.analyze(context).getDescription())
				.contains("early-response.enabled", "false", "It is not in the environment"));
	}

	@Test
	void converterOfTheApplicationThatDisagreesStopsTheStart() {
		this.contextRunner.withUserConfiguration(OwnConverter.class)
			.withPropertyValues("early-response.status.enabled=no")
			.run((context) -> assertThat(WebContexts.analyze(context).getDescription())
				.contains("early-response.status.enabled"));
	}

	@Configuration(proxyBeanMethods = false)
	static class LocalProperties {

		@Bean
		static PropertySourcesPlaceholderConfigurer placeholders() {
			PropertySourcesPlaceholderConfigurer placeholders = new PropertySourcesPlaceholderConfigurer();
			Properties properties = new Properties();
			properties.setProperty("early-response.enabled", "false");
			placeholders.setProperties(properties);
			return placeholders;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnConverter {

		@Bean
		@ConfigurationPropertiesBinding
		static Converter<String, Boolean> noIsYes() {
			return new Converter<>() {

				@Override
				public Boolean convert(String source) {
					return source.equals("no");
				}

			};
		}

	}

}
