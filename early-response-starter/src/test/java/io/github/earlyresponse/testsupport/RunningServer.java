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

package io.github.earlyresponse.testsupport;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.earlyresponse.PostPhaseOperations;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An auto-configured application on a real port. Its account of post-phases is checked
 * when it is closed.
 */
public final class RunningServer implements AutoCloseable {

	/**
	 * A property for an application with all that is on the class path. Others have
	 * neither monitoring nor a database, with which half of the tests' time would go to
	 * starting applications.
	 */
	public static final String EVERYTHING = "test.everything=true";

	/**
	 * A property for an application in a process of its own, without monitoring.
	 */
	public static final String WITHOUT_MONITORING = WithoutMonitoring.PROPERTY + "=false";

	private static final List<Class<?>> DATABASE = List.of(DataSourceAutoConfiguration.class,
			DataSourceTransactionManagerAutoConfiguration.class, JdbcTemplateAutoConfiguration.class);

	private static final String EXCLUDE = "spring.autoconfigure.exclude=";

	private final ConfigurableApplicationContext context;

	private RunningServer(ConfigurableApplicationContext context, ServletContainer container) {
		this.context = context;
		assertThat(((WebServerApplicationContext) context).getWebServer().getClass().getSimpleName())
			.startsWithIgnoringCase(container.name());
	}

	/**
	 * Starts an application whose requests need no authentication.
	 * @param components its controllers, post-phases and configurations
	 * @param properties as {@code key=value}
	 */
	public static RunningServer start(List<Class<?>> components, String... properties) {
		return start(ServletContainer.current(), components, properties);
	}

	/**
	 * Starts an application whose requests need no authentication on a given container.
	 */
	public static RunningServer start(ServletContainer container, List<Class<?>> components, String... properties) {
		return startSecured(container, Stream.concat(components.stream(), Stream.of(PermitAll.class)).toList(),
				properties);
	}

	/**
	 * Starts an application whose requests need no authentication as a child of another.
	 */
	public static RunningServer start(ConfigurableApplicationContext parent, List<Class<?>> components,
			String... properties) {
		return startSecured(ServletContainer.current(), parent,
				Stream.concat(components.stream(), Stream.of(PermitAll.class)).toList(), properties);
	}

	/**
	 * Starts an application that brings its own security.
	 */
	public static RunningServer startSecured(List<Class<?>> components, String... properties) {
		return startSecured(ServletContainer.current(), components, properties);
	}

	/**
	 * Starts an application that brings its own security on a given container.
	 */
	public static RunningServer startSecured(ServletContainer container, List<Class<?>> components,
			String... properties) {
		return startSecured(container, null, components, properties);
	}

	private static RunningServer startSecured(ServletContainer container, ConfigurableApplicationContext parent,
			List<Class<?>> components, String... properties) {
		SpringApplicationBuilder builder = new SpringApplicationBuilder(Base.class, RecordingListener.class);
		if (parent != null) {
			builder.parent(parent);
		}
		return new RunningServer(builder.sources(components.toArray(Class<?>[]::new))
			.properties("server.port=0", "spring.main.banner-mode=off", "logging.level.root=warn",
					"springdoc.api-docs.enabled=false", "logging.level.io.github.earlyresponse=info")
			.properties(properties)
			.properties(WithoutMonitoring.PROPERTY + "=" + List.of(properties).contains(EVERYTHING))
			.properties(EXCLUDE + exclusions(container, List.of(properties)))
			.run(), container);
	}

	/**
	 * A property for an application in a process of its own, on one container.
	 */
	public static String on(ServletContainer container) {
		return EXCLUDE + container.other().getName();
	}

	private static String exclusions(ServletContainer container, List<String> properties) {
		Stream<Class<?>> less = (properties.contains(EVERYTHING)) ? Stream.empty() : DATABASE.stream();
		Stream<String> own = properties.stream()
			.filter((property) -> property.startsWith(EXCLUDE))
			.map((property) -> property.substring(EXCLUDE.length()));
		return Stream.concat(Stream.concat(Stream.of(container.other()), less).map(Class::getName), own)
			.collect(Collectors.joining(","));
	}

	public int port() {
		return this.context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
	}

	public RawHttpClient client() throws IOException {
		return new RawHttpClient(port());
	}

	public <T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	public ConfigurableApplicationContext context() {
		return this.context;
	}

	public RecordingListener listener() {
		return bean(RecordingListener.class);
	}

	public PostPhaseOperations operations() {
		return bean(PostPhaseOperations.class);
	}

	/**
	 * Waits until nothing is in flight and checks that the account balances.
	 */
	public RecordingListener awaitBalance() {
		RecordingListener listener = listener();
		try {
			assertThat(operations().awaitIdle(Duration.ofSeconds(30))).as("idle").isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		assertThat(listener.finishedIds().stream().sorted().toList()).as("each accepted has exactly one outcome")
			.isEqualTo(listener.acceptedIds().stream().sorted().toList());
		// Spare room is given back when the request is done, its response may be here
		// before
		await().untilAsserted(() -> assertThat(freeRoom()).as("all room is back").isEqualTo(operations().capacity()));
		assertThat(operations().inFlight()).isEmpty();
		return listener;
	}

	private int freeRoom() {
		Object ledger = ReflectionTestUtils.getField(operations(), "ledger");
		return ((Semaphore) ReflectionTestUtils.getField(ledger, "permits")).availablePermits();
	}

	@Override
	public void close() {
		try {
			awaitBalance();
		}
		finally {
			this.context.close();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Base {

	}

	@Configuration(proxyBeanMethods = false)
	public static class PermitAll {

		@Bean
		SecurityFilterChain permitAll(HttpSecurity http) {
			return http.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll())
				.csrf((csrf) -> csrf.disable())
				.build();
		}

	}

}
