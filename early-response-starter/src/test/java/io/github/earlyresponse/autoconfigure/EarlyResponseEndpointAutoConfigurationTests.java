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

import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.actuate.DeadLettersEndpoint;
import io.github.earlyresponse.actuate.DeadLettersEndpointWebExtension;
import io.github.earlyresponse.actuate.DurableEndpoint;
import io.github.earlyresponse.actuate.EarlyResponseEndpoint;
import io.github.earlyresponse.actuate.EarlyResponseEndpointWebExtension;
import io.github.earlyresponse.actuate.PostPhaseHistory;
import io.github.earlyresponse.engine.PostPhaseEngine;
import io.github.earlyresponse.testsupport.Reservations;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link EarlyResponseEndpointAutoConfiguration},
 * {@link EarlyResponseDeadLettersAutoConfiguration} and
 * {@link EarlyResponseDurableAutoConfiguration}.
 */
class EarlyResponseEndpointAutoConfigurationTests {

	private final WebApplicationContextRunner contextRunner = WebContexts.withStarter()
		.withPropertyValues("management.endpoints.web.exposure.include=*");

	@Test
	void endpointListensToTheEngine() {
		this.contextRunner.run((context) -> {
			assertThat(context).hasSingleBean(EarlyResponseEndpointWebExtension.class)
				.hasSingleBean(DeadLettersEndpointWebExtension.class)
				.hasSingleBean(DurableEndpoint.class);
			Reservations.reserve(context.getBean(PostPhaseEngine.class), "pack");
			assertThat(context.getBean(EarlyResponseEndpoint.class).postPhases().totals().accepted()).isEqualTo(1);
			context.getBean(PostPhaseOperations.class)
				.cancel(context.getBean(PostPhaseOperations.class).inFlight().iterator().next().id());
		});
	}

	@Test
	void endpointListensToTheEngineThatIsLazy() {
		WebContexts.lazy(this.contextRunner).run((context) -> {
			assertThat(context.getBean(EarlyResponseEndpoint.class).postPhases().totals().accepted()).isZero();
			assertThat(context).hasSingleBean(PostPhaseHistory.class);
		});
	}

	@Test
	void endpointHasToBeExposed() {
		WebContexts.withStarter()
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(EarlyResponseEndpoint.class)
				.doesNotHaveBean(DeadLettersEndpoint.class)
				.doesNotHaveBean(DurableEndpoint.class)
				.doesNotHaveBean(PostPhaseHistory.class));
	}

	@Test
	void endpointOnJmxHasNoWebExtension() {
		WebContexts.withStarter()
			.withPropertyValues("management.endpoints.jmx.exposure.include=*", "spring.jmx.enabled=true")
			.run((context) -> assertThat(context).hasSingleBean(EarlyResponseEndpoint.class)
				.doesNotHaveBean(EarlyResponseEndpointWebExtension.class));
	}

	@Test
	void endpointWithoutAccessIsAbsent() {
		this.contextRunner.withPropertyValues("management.endpoint.earlyresponse.access=NONE")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(EarlyResponseEndpoint.class));
	}

	@Test
	void endpointOfTheApplicationReplacesOurs() {
		this.contextRunner
			.withBean("own", EarlyResponseEndpoint.class,
					() -> new EarlyResponseEndpoint(mock(PostPhaseOperations.class), new PostPhaseHistory()))
			.run((context) -> assertThat(context).hasSingleBean(EarlyResponseEndpoint.class).hasBean("own"));
	}

	@Test
	void endpointIsAbsentWhenDisabled() {
		this.contextRunner.withPropertyValues("early-response.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(EarlyResponseEndpoint.class)
				.doesNotHaveBean(PostPhaseHistory.class));
	}

	@Test
	void endpointNeedsOperations() {
		this.contextRunner.withBean(PostPhaseEngine.class, () -> mock(PostPhaseEngine.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(EarlyResponseEndpoint.class));
	}

	@Test
	void worksWithoutActuator() {
		WebApplicationContextRunner contextRunner = WebContexts.withImportedStarter()
			.withPropertyValues("management.endpoints.web.exposure.include=*");
		contextRunner.run((context) -> assertThat(context).hasBean("earlyResponseEndpoint"));
		contextRunner.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(PostPhaseEngine.class)
				.doesNotHaveBean("earlyResponseEndpoint"));
		contextRunner.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate.autoconfigure"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(PostPhaseEngine.class)
				.doesNotHaveBean("earlyResponseEndpoint"));
	}

}
