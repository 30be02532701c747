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

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.web.DisabledAfterResponse;
import io.github.earlyresponse.web.SpringMvcPostProcessor;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;

/**
 * Annotated handlers as plain ones.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnFlag(value = Flag.ENABLED, havingValue = false)
class DisabledConfiguration {

	private static final Log logger = LogFactory.getLog(DisabledConfiguration.class);

	@Bean
	@ConditionalOnMissingBean(AfterResponse.class)
	DisabledAfterResponse disabledEarlyResponseAfterResponse() {
		return new DisabledAfterResponse();
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = Type.SERVLET)
	static class DisabledHandlersConfiguration {

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static SpringMvcPostProcessor disabledEarlyResponseSpringMvcPostProcessor() {
			logger.warn("early-response.enabled is false: @RespondThenContinue handlers are plain ones, "
					+ "their post-phases never run, and what follows EarlyResponse.send runs before the response");
			return SpringMvcPostProcessor.disabled();
		}

	}

}
