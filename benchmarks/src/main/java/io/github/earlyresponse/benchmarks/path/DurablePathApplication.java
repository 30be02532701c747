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

package io.github.earlyresponse.benchmarks.path;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * An application on PostgreSQL whose handlers are called without HTTP.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(DurableController.class)
class DurablePathApplication {

	@Bean
	@ConditionalOnBooleanProperty("benchmark.count-statements")
	static StatementCounter statementCounter() {
		return new StatementCounter();
	}

	@Bean
	StoredEnds storedEnds() {
		return new StoredEnds();
	}

}
