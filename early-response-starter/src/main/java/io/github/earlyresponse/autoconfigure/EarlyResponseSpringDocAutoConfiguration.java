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
import io.github.earlyresponse.EarlyResponse;
import org.springdoc.core.customizers.GlobalOperationComponentsCustomizer;
import org.springdoc.core.service.GenericResponseService;
import org.springdoc.core.utils.SpringDocUtils;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of what springdoc says about handlers that take an
 * {@link AfterResponse} or {@link EarlyResponse}.
 */
@AutoConfiguration
@ConditionalOnWebApplication(type = Type.SERVLET)
@ConditionalOnClass(GlobalOperationComponentsCustomizer.class)
public final class EarlyResponseSpringDocAutoConfiguration {

	static {
		SpringDocUtils.getConfig().addRequestWrapperToIgnore(AfterResponse.class, EarlyResponse.class);
	}

	@Bean
	SentBodyOperationCustomizer earlyResponseSentBodyOperationCustomizer(
			ObjectProvider<GenericResponseService> responseService) {
		return new SentBodyOperationCustomizer(responseService);
	}

}
