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

import io.github.earlyresponse.call.AnnotatedBeanMethods;
import io.github.earlyresponse.call.PostPhaseRegistry;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The methods of post-phases.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnFlag(Flag.ENABLED)
class CallConfiguration {

	@Bean
	PostPhaseRegistry postPhaseRegistry(ConfigurableListableBeanFactory beanFactory,
			EarlyResponseProperties properties) {
		EarlyResponseProperties.Durable durable = properties.getDurable();
		return new PostPhaseRegistry(beanFactory, AnnotatedBeanMethods.withAncestors(beanFactory), properties.getRetry().settings(),
				(durable.getEngine() != DurableEngine.NONE) ? durable.getRetry().settings() : null);
	}

}
