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

import io.github.earlyresponse.actuate.EarlyResponseHealthIndicator;
import io.github.earlyresponse.actuate.ReadinessGroupPostProcessor;
import io.github.earlyresponse.actuate.Saturation;
import io.github.earlyresponse.engine.PostPhaseEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroup;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.AvailabilityProbesAutoConfiguration;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.application.AvailabilityHealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link EarlyResponseHealthAutoConfiguration}.
 */
class EarlyResponseHealthAutoConfigurationTests {

	private static final String READINESS = "early-response.health.readiness=true";

	private final WebApplicationContextRunner contextRunner = WebContexts.withStarter();

	private final WebApplicationContextRunner healthRunner = this.contextRunner
		.withPropertyValues("management.endpoints.web.exposure.include=health")
		.withConfiguration(SortedAutoConfigurations.of(ApplicationAvailabilityAutoConfiguration.class,
				EndpointAutoConfiguration.class, HealthContributorAutoConfiguration.class,
				HealthContributorRegistryAutoConfiguration.class, HealthEndpointAutoConfiguration.class,
				AvailabilityHealthContributorAutoConfiguration.class, AvailabilityProbesAutoConfiguration.class));

	@Test
	void healthIsThereAndReadinessIsNot() {
		this.contextRunner.run((context) -> assertThat(context).hasBean("earlyResponseHealthIndicator")
			.hasSingleBean(Saturation.class)
			.doesNotHaveBean(ReadinessGroupPostProcessor.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "management.health.earlyresponse.enabled", "management.health.early-response.enabled",
			"management.health.earlyResponse.enabled", "management.health.defaults.enabled" })
	void healthCanBeSwitchedOff(String key) {
		this.contextRunner.withInitializer((context) -> ConfigurationPropertySources.attach(context.getEnvironment()))
			.withPropertyValues(key + "=false", READINESS)
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(EarlyResponseHealthIndicator.class)
				.doesNotHaveBean(Saturation.class)
				.doesNotHaveBean(ReadinessGroupPostProcessor.class));
	}

	@Test
	void healthOfTheApplicationReplacesOurs() {
		HealthIndicator own = () -> Health.up().build();
		this.contextRunner.withBean("earlyResponseHealthIndicator", HealthIndicator.class, () -> own)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(EarlyResponseHealthIndicator.class));
	}

	@Test
	void healthStaysWhenDisabledSoThatGroupsMayNameIt() {
		this.healthRunner
			.withPropertyValues("early-response.enabled=false", READINESS,
					"management.endpoint.health.group.readiness.include=readinessState,earlyResponse")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(EarlyResponseHealthIndicator.class).health().getStatus())
					.isEqualTo(Status.UP);
			});
	}

	@Test
	void readinessHasItAsMember() {
		this.healthRunner.withPropertyValues(READINESS).run((context) -> {
			HealthEndpointGroups groups = context.getBean(HealthEndpointGroups.class);
			HealthEndpointGroup readiness = groups.get("readiness");
			assertThat(readiness.isMember("earlyResponse")).isTrue();
			assertThat(readiness.isMember("readinessState")).isTrue();
			assertThat(readiness.isMember("livenessState")).isFalse();
			assertThat(groups.get("liveness").isMember("earlyResponse")).isFalse();
		});
	}

	@Test
	void readinessDoesNotHaveItUnlessAskedFor() {
		this.healthRunner.run((context) -> assertThat(
				context.getBean(HealthEndpointGroups.class).get("readiness").isMember("earlyResponse"))
			.isFalse());
	}

	@Test
	void healthNeedsOperations() {
		this.contextRunner.withBean(PostPhaseEngine.class, () -> mock(PostPhaseEngine.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(EarlyResponseHealthIndicator.class));
	}

	@Test
	void worksWithoutHealth() {
		WebContexts.withImportedStarter()
			.withPropertyValues(READINESS)
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.health"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(PostPhaseEngine.class)
				.doesNotHaveBean("earlyResponseHealthIndicator"));
	}

	@Test
	void worksWithoutActuator() {
		WebContexts.withImportedStarter()
			.withPropertyValues(READINESS)
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasBean("earlyResponseHealthIndicator")
				.doesNotHaveBean("earlyResponseReadinessGroupPostProcessor"));
	}

}
