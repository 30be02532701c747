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

import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.call.AnnotatedBeanMethods;
import io.github.earlyresponse.call.PostPhaseRegistry;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration of {@link RespondThenContinue @RespondThenContinue}. In an
 * application without a web server, that of the engine alone, if post-phases are stored
 * in a database.
 */
@AutoConfiguration(after = WebMvcAutoConfiguration.class)
@Conditional(OnEngineCondition.class)
@EnableConfigurationProperties(EarlyResponseProperties.class)
@Import({ ContextCarrierConfiguration.class, EngineConfiguration.class, ServletConfiguration.class,
		DisabledConfiguration.class, WorkerConfiguration.class })
public final class EarlyResponseAutoConfiguration {

	/**
	 * Before all other beans, so that it speaks even if they fail.
	 */
	@Bean(KeyCheck.BEAN)
	static KeyCheck earlyResponseKeyCheck(Environment environment) {
		return new KeyCheck(environment);
	}

	@Bean
	FlagCheck earlyResponseFlagCheck(EarlyResponseProperties properties, Environment environment,
			ListableBeanFactory beanFactory) {
		return new FlagCheck(properties, environment, beanFactory);
	}

	@Bean
	@ConditionalOnFlag(Flag.ENABLED)
	PostPhaseRegistry postPhaseRegistry(ConfigurableListableBeanFactory beanFactory,
			EarlyResponseProperties properties) {
		EarlyResponseProperties.Durable durable = properties.getDurable();
		return new PostPhaseRegistry(beanFactory, AnnotatedBeanMethods.withAncestors(beanFactory),
				properties.getRetry().settings(),
				(durable.getEngine() != DurableEngine.NONE) ? durable.getRetry().settings() : null);
	}

}
