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

package io.github.earlyresponse.documentation;

import java.security.Principal;

import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.StatusAccess;
import io.github.earlyresponse.documentation.Shop.Journal;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

@Configuration(proxyBeanMethods = false)
class ShopConfiguration {

	@Bean
	Journal journal() {
		return new Journal();
	}

	@Bean(defaultCandidate = false)
	ThreadPoolTaskExecutor reportExecutor() {
		ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
		executor.setCorePoolSize(4);
		executor.setThreadNamePrefix("report-");
		return executor;
	}

	@Bean
	ContextCarrier tenantCarrier() {
		return () -> {
			String tenant = Tenant.get();
			return () -> {
				String previous = Tenant.get();
				Tenant.set(tenant);
				return () -> Tenant.set(previous);
			};
		};
	}

	@Bean
	StatusAccess supportSeesAll() {
		return (request, postPhase) -> {
			Principal user = request.getUserPrincipal();
			return request.isUserInRole("SUPPORT") || (user != null && user.getName().equals(postPhase.owner()));
		};
	}

	static final class Tenant {

		private static final ThreadLocal<String> current = new ThreadLocal<>();

		private Tenant() {
		}

		static String get() {
			return current.get();
		}

		static void set(String tenant) {
			current.set(tenant);
		}

	}

}
