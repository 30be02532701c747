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

import javax.sql.DataSource;

import io.github.earlyresponse.call.PostPhaseRegistry;
import io.github.earlyresponse.engine.StoreConnections;
import io.github.earlyresponse.memory.MemoryPostPhaseEngine;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * A look at the connection pools, which post-phases share with requests.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnFlag(Flag.ENABLED)
@ConditionalOnClass({ DataSource.class, DataSourcePoolMetadataProvider.class })
class ConnectionPoolConfiguration {

	@Bean
	ConnectionPoolCheck earlyResponseConnectionPoolCheck(EarlyResponseProperties properties, Environment environment,
			ConfigurableListableBeanFactory beanFactory, ObjectProvider<DataSourcePoolMetadataProvider> providers,
			ObjectProvider<MemoryPostPhaseEngine> engine, ObjectProvider<StoreConnections> stores,
			PostPhaseRegistry registry) {
		return new ConnectionPoolCheck(properties.getExecutor(), environment, beanFactory, providers, engine, stores,
				registry.beanMethods());
	}

}
