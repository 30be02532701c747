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

import java.time.Duration;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.earlyresponse.StatusAccess;
import io.github.earlyresponse.engine.PostPhaseEngine;
import io.github.earlyresponse.status.EventStreams;
import io.github.earlyresponse.status.StatusSettings;
import io.github.earlyresponse.status.StatusStore;
import io.github.earlyresponse.web.response.PostPhaseAnnouncer;
import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.web.servlet.function.RouterFunction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link EarlyResponseStatusAutoConfiguration}.
 */
class EarlyResponseStatusAutoConfigurationTests {

	private static final String ENABLED = "early-response.status.enabled=true";

	private final WebApplicationContextRunner contextRunner = WebContexts.withStarter().withPropertyValues(ENABLED);

	@Test
	void isOffByDefault() {
		WebContexts.withStarter()
			.run((context) -> assertThat(context).doesNotHaveBean(StatusStore.class)
				.doesNotHaveBean(EventStreams.class)
				.doesNotHaveBean(PostPhaseAnnouncer.class)
				.doesNotHaveBean(StatusAccess.class)
				.doesNotHaveBean(RouterFunction.class));
	}

	@Test
	void isThereWhenEnabled() {
		this.contextRunner.run((context) -> {
			assertThat(context).hasSingleBean(StatusStore.class)
				.hasSingleBean(EventStreams.class)
				.hasSingleBean(PostPhaseAnnouncer.class)
				.hasSingleBean(StatusAccess.class)
				.hasSingleBean(RouterFunction.class);
			assertThat(context.getBean(StatusSettings.class)).isEqualTo(new StatusSettings("/post-phases",
					Duration.ofMinutes(5), 10000, false, false, Duration.ofSeconds(5), Duration.ofSeconds(1),
					Duration.ofMillis(250), Duration.ofSeconds(10), 5000));
		});
	}

	@Test
	void isAbsentWhereNothingIsContinued() {
		this.contextRunner.withPropertyValues("early-response.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(StatusStore.class)
				.doesNotHaveBean(RouterFunction.class));
	}

	@Test
	void needsOperationsOfTheEngine() {
		this.contextRunner.withBean(PostPhaseEngine.class, () -> mock(PostPhaseEngine.class))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidConfigurationPropertyValueException.class)
				.hasMessageContaining("PostPhaseOperations"));
	}

	@Test
	void accessOfTheApplicationReplacesOurs() {
		this.contextRunner.withBean("own", StatusAccess.class, () -> (request, postPhase) -> false)
			.run((context) -> assertThat(context).hasSingleBean(StatusAccess.class).hasBean("own"));
	}

	@Test
	void needsCaffeine() {
		WebApplicationContextRunner contextRunner = WebContexts.withImportedStarter()
			.withClassLoader(new FilteredClassLoader(Caffeine.class));
		contextRunner.run((context) -> assertThat(context).hasNotFailed());
		contextRunner.withPropertyValues(ENABLED).run((context) -> {
			FailureAnalysis analysis = WebContexts.analyze(context, ENABLED);
			assertThat(analysis.getDescription()).contains("early-response.status.enabled",
					"com.github.ben-manes.caffeine:caffeine");
		});
	}

	@Test
	void needsNoTomcat() {
		WebContexts.withImportedStarter()
			.withPropertyValues(ENABLED)
			.withClassLoader(new FilteredClassLoader("org.apache.catalina"))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(StatusStore.class));
	}

}
