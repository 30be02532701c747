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

import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnNotWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What an application without a web server needs instead of its handlers.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnNotWebApplication
class WorkerConfiguration {

	/**
	 * For services that handlers call in other nodes.
	 */
	@Bean
	@ConditionalOnMissingBean(AfterResponse.class)
	WorkerAfterResponse workerEarlyResponseAfterResponse() {
		return new WorkerAfterResponse();
	}

}
