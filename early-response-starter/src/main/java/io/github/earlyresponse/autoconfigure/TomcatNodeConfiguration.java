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

import io.github.earlyresponse.web.PausedTomcatValve;
import org.apache.catalina.valves.ValveBase;

import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/**
 * Has Tomcat respond with 503 instead of 400 while it shuts down, so that the client or
 * the load balancer knows that it can go to another node.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnFlag(Flag.ENABLED)
@ConditionalOnClass({ ConfigurableTomcatWebServerFactory.class, ValveBase.class })
@Conditional(OnJdbcEngineCondition.class)
class TomcatNodeConfiguration {

	@Bean
	WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> earlyResponseTomcatCustomizer(
			EarlyResponseProperties properties) {
		return (factory) -> factory.addEngineValves(new PausedTomcatValve(properties.getRetryAfter()));
	}

}
