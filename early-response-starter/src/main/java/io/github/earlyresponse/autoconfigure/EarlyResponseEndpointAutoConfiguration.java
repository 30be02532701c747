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
import io.github.earlyresponse.actuate.EarlyResponseEndpoint;
import io.github.earlyresponse.actuate.EarlyResponseEndpointWebExtension;
import io.github.earlyresponse.actuate.PostPhaseHistory;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the endpoint that shows post-phases.
 */
@AutoConfiguration(after = EarlyResponseAutoConfiguration.class)
@ConditionalOnClass({ Endpoint.class, ConditionalOnAvailableEndpoint.class })
@ConditionalOnFlag(Flag.ENABLED)
@ConditionalOnAvailableEndpoint(EarlyResponseEndpoint.class)
@ConditionalOnBean(PostPhaseOperations.class)
public final class EarlyResponseEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	PostPhaseHistory earlyResponseHistory() {
		return new PostPhaseHistory();
	}

	@Bean
	@ConditionalOnMissingBean
	EarlyResponseEndpoint earlyResponseEndpoint(PostPhaseOperations operations, PostPhaseHistory history) {
		return new EarlyResponseEndpoint(operations, history);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
	EarlyResponseEndpointWebExtension earlyResponseEndpointWebExtension(EarlyResponseEndpoint endpoint) {
		return new EarlyResponseEndpointWebExtension(endpoint);
	}

}
