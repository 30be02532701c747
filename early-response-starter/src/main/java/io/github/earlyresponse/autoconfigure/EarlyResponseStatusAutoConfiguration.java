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

import java.security.Principal;
import java.util.stream.Stream;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.StatusAccess;
import io.github.earlyresponse.status.EventStreams;
import io.github.earlyresponse.status.StatusAnnouncer;
import io.github.earlyresponse.status.StatusHandler;
import io.github.earlyresponse.status.StatusSettings;
import io.github.earlyresponse.status.StatusStore;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletPath;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.util.unit.DataSize;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Auto-configuration of the resource by which clients follow their post-phases.
 */
@AutoConfiguration(after = EarlyResponseAutoConfiguration.class)
@ConditionalOnWebApplication(type = Type.SERVLET)
@ConditionalOnClass(DispatcherServlet.class)
@ConditionalOnFlag({ Flag.ENABLED, Flag.STATUS })
public final class EarlyResponseStatusAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(Caffeine.class)
	static class ResourceConfiguration {

		private static final DataSize HEAD = DataSize.ofKilobytes(8);

		@Bean
		StatusSettings earlyResponseStatusSettings(EarlyResponseProperties properties) {
			EarlyResponseProperties.Status status = properties.getStatus();
			return new StatusSettings(status.getPath(), status.getKeepFor(), status.getKeepAtMost(),
					status.isShowErrors(), status.isCancellation(), status.getCancellationGrace(),
					status.getRetryAfter(), status.getEventInterval(), status.getStallTimeout(),
					status.getWatchAtMost());
		}

		@Bean
		StatusStore earlyResponseStatusStore(StatusSettings settings, ObjectProvider<PostPhaseOperations> operations) {
			return new StatusStore(settings, operations.getIfAvailable(() -> {
				throw new InvalidConfigurationPropertyValueException("early-response.status.enabled", true,
						"It needs a PostPhaseOperations bean, which the PostPhaseEngine of the application is not: let it "
								+ "implement that interface, too.");
			}));
		}

		@Bean
		@ConditionalOnMissingBean
		StatusAccess earlyResponseStatusAccess() {
			return (request, postPhase) -> {
				String owner = postPhase.owner();
				Principal principal = request.getUserPrincipal();
				return owner == null || (!owner.isEmpty() && principal != null && owner.equals(principal.getName()));
			};
		}

		@Bean
		StatusAnnouncer earlyResponseStatusAnnouncer(StatusSettings settings,
				ObjectProvider<DispatcherServletPath> servletPath, Environment environment) {
			DispatcherServletPath servlet = servletPath.getIfAvailable();
			return new StatusAnnouncer((servlet != null) ? servlet.getRelativePath(settings.path()) : settings.path(),
					headBytes(environment));
		}

		/**
		 * Never more than Tomcat has by default: proxies have no more either.
		 */
		private static int headBytes(Environment environment) {
			long configured = Stream.of("server.tomcat", "server.jetty")
				.map((container) -> Binder.get(environment)
					.bind(container + ".max-http-response-header-size", DataSize.class)
					.orElse(HEAD))
				.mapToLong(DataSize::toBytes)
				.filter((bytes) -> bytes > 0)
				.min()
				.orElse(HEAD.toBytes());
			return (int) Math.min(configured, HEAD.toBytes());
		}

		@Bean
		EventStreams earlyResponseEventStreams(StatusSettings settings, StatusStore store) {
			return new EventStreams(settings, store);
		}

		/**
		 * Before routes of the application that have no order and may take everything.
		 */
		@Bean
		@Order(0)
		RouterFunction<ServerResponse> earlyResponseStatusRoutes(StatusSettings settings, StatusStore store,
				StatusAccess access, EventStreams streams) {
			return new StatusHandler(settings, store, access, streams).routes();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingClass("com.github.benmanes.caffeine.cache.Caffeine")
	static class MissingCaffeineConfiguration {

		MissingCaffeineConfiguration() {
			throw new InvalidConfigurationPropertyValueException("early-response.status.enabled", true,
					"It needs Caffeine, which is not on the class path: add the dependency "
							+ "com.github.ben-manes.caffeine:caffeine, whose version Spring Boot manages.");
		}

	}

}
