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

package io.github.earlyresponse.jdbc;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

import javax.sql.DataSource;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.autoconfigure.EarlyResponseAutoConfiguration;
import io.github.earlyresponse.call.InvalidPostPhaseException;
import io.github.earlyresponse.web.PausedTomcatValve;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.assertj.core.api.AbstractStringAssert;
import org.assertj.core.api.AbstractThrowableAssert;
import org.h2.Driver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceInitializationAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableWebApplicationContext;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is wrong with durable post-phases shows at startup.
 */
@ExtendWith(OutputCaptureExtension.class)
class DurableStartupTests {

	private static final String TOMCAT_CUSTOMIZER = "earlyResponseTomcatCustomizer";

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class, JacksonAutoConfiguration.class,
				WebMvcAutoConfiguration.class, EarlyResponseAutoConfiguration.class, JdbcAutoConfiguration.class))
		.withPropertyValues("spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID(),
				"early-response.durable.engine=jdbc");

	@Test
	void startsWithDurablePostPhase() {
		this.runner.withBean(Durable.class)
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(JdbcPostPhaseStore.class));
	}

	@Test
	void doesNotStartWithoutEngine() {
		this.runner.withBean(Durable.class)
			.withPropertyValues("early-response.durable.engine=none")
			.run((context) -> assertThatFailure(context).isInstanceOf(InvalidPostPhaseException.class)
				.hasMessageContaining("Durable.work() is durable, but there is no durable engine"));
	}

	@Test
	void hasNoStoreWithoutItsProperty() {
		this.runner.withPropertyValues("early-response.durable.engine=none")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(JdbcPostPhaseStore.class)
				.doesNotHaveBean(EarlyResponseSchemaInitializer.class));
	}

	@Test
	@SuppressWarnings("unchecked")
	void preparesTomcatForItsShutdown() {
		this.runner.run((context) -> {
			TomcatServletWebServerFactory tomcat = new TomcatServletWebServerFactory();
			context.getBean(TOMCAT_CUSTOMIZER, WebServerFactoryCustomizer.class).customize(tomcat);
			assertThat(tomcat.getEngineValves()).hasOnlyElementsOfType(PausedTomcatValve.class).hasSize(1);
		});
		this.runner.withPropertyValues("early-response.durable.engine=none")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(TOMCAT_CUSTOMIZER));
		this.runner.withClassLoader(new FilteredClassLoader(ConfigurableTomcatWebServerFactory.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(TOMCAT_CUSTOMIZER));
		this.runner.withClassLoader(new FilteredClassLoader("org.apache.catalina"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(TOMCAT_CUSTOMIZER));
	}

	@Test
	void runsDurableOnesInMemoryForDevelopment(CapturedOutput output) {
		this.runner.withBean(Durable.class)
			.withPropertyValues("early-response.durable.engine=memory")
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(PostPhaseOperations.class));
		assertThat(output).contains("kept in memory and lost with the process");
	}

	@Test
	void doesNotStartWithoutDataSource() {
		new WebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class, WebMvcAutoConfiguration.class,
					EarlyResponseAutoConfiguration.class, JdbcAutoConfiguration.class))
			.withPropertyValues("early-response.durable.engine=jdbc")
			.run((context) -> assertThatFailure(context).isInstanceOf(InvalidConfigurationPropertyValueException.class)
				.hasMessageContaining("early-response.jdbc.datasource"));
	}

	@Test
	void doesNotStartWithoutModule() {
		this.runner.withClassLoader(new FilteredClassLoader("com.github.kagkarlsson"))
			.run((context) -> assertThatFailure(context).isInstanceOf(InvalidConfigurationPropertyValueException.class)
				.hasMessageContaining("Add early-response-jdbc"));
	}

	@Test
	void doesNotStartWithArgumentThatCannotBeStored() {
		this.runner.withBean(Unstorable.class)
			.run((context) -> assertThatFailure(context).isInstanceOf(InvalidPostPhaseException.class)
				.hasMessageContaining("Parameter 'anything' of the durable post-phase 'work'"));
	}

	@Test
	void doesNotStartWithCheckpointsThatCannotBeStored() {
		this.runner.withBean(UnstorableCheckpoints.class)
			.run((context) -> assertThatFailure(context).isInstanceOf(InvalidPostPhaseException.class)
				.hasMessageContaining("The checkpoints of the durable post-phase 'work'")
				.hasMessageContaining("java.util.List"));
	}

	@Test
	void isOffWithTheStarter() {
		for (String off : new String[] { "false", "off", "0" }) {
			this.runner.withBean(Durable.class)
				.withPropertyValues("early-response.enabled=" + off, "early-response.when-saturated=enqueue")
				.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(JdbcPostPhaseStore.class));
		}
	}

	@Test
	void doesNotEnqueueWithoutStore() {
		this.runner.withPropertyValues("early-response.when-saturated=enqueue", "early-response.durable.engine=memory")
			.run((context) -> assertThatFailure(context).isInstanceOf(InvalidConfigurationPropertyValueException.class)
				.hasMessageContaining("early-response.when-saturated")
				.hasMessageContaining("Set early-response.durable.engine to jdbc"));
	}

	@Test
	void doesNotStartWithoutTable() {
		this.runner.withPropertyValues("early-response.jdbc.initialize-schema=never")
			.run((context) -> assertThatFailure(context).isInstanceOf(InvalidConfigurationPropertyValueException.class)
				.hasMessageContaining("early-response.jdbc.table")
				.hasMessageContaining("cannot be read. The database says: ")
				.hasMessageContaining("If the table is missing, create it with ")
				.hasMessageContaining("schema-*.sql"));
	}

	@Test
	void saysHowToCreateTableThatTheScriptHasNotCreated() {
		this.runner.withPropertyValues("early-response.jdbc.table=own", "early-response.jdbc.initialize-schema=always")
			.run((context) -> assertThatFailure(context)
				.hasMessageContaining("with own instead of early_response_post_phase in all names")
				.hasMessageNotContaining("initialize-schema"));
		this.runner
			.withPropertyValues("early-response.jdbc.schema=classpath:io/github/earlyresponse/jdbc/schema-mariadb.sql",
					"early-response.jdbc.initialize-schema=always")
			.run((context) -> assertThatFailure(context)
				.hasMessageContaining("early-response.jdbc.continue-on-error=false shows why")
				.hasMessageNotContaining("=always creates it"));
	}

	@Test
	void doesNotStartWithoutRightsOnTheTable() {
		String url = "jdbc:h2:mem:" + UUID.randomUUID();
		JdbcTemplate admin = new JdbcTemplate(
				new SimpleDriverDataSource(new Driver(), url + ";DB_CLOSE_DELAY=-1", "sa", ""));
		admin.execute("create user shop password 'secret'");
		admin.execute("runscript from 'classpath:io/github/earlyresponse/jdbc/schema-h2.sql'");
		WebApplicationContextRunner shop = this.runner.withPropertyValues("spring.datasource.url=" + url,
				"spring.datasource.username=shop", "spring.datasource.password=secret",
				"early-response.jdbc.initialize-schema=never");
		List<String> tables = List.of("early_response_post_phase", "early_response_post_phase_node",
				"early_response_post_phase_cancellation", "early_response_post_phase_progress",
				"early_response_post_phase_finished");
		for (String table : tables) {
			for (String right : new String[] { "select", "insert", "update", "delete" }) {
				shop.run((context) -> assertThatFailure(context)
					.isInstanceOf(InvalidConfigurationPropertyValueException.class)
					.hasMessageContaining("early-response.jdbc.table")
					.hasMessageContaining("The table " + table + " cannot be ")
					.hasMessageContaining("The database says: Not enough rights"));
				admin.execute("grant " + right + " on " + table + " to shop");
			}
		}
		shop.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void needsTableOfRequestsForIdempotentHandlerOnly() {
		WebApplicationContextRunner renamed = this.runner.withBean(Durable.class)
			.withPropertyValues("early-response.jdbc.request-table=own");
		renamed.run((context) -> assertThat(context).hasNotFailed());
		renamed.withBean(Idempotent.class)
			.run((context) -> assertThatFailure(context).isInstanceOf(InvalidConfigurationPropertyValueException.class)
				.hasMessageContaining("early-response.jdbc.request-table")
				.hasMessageContaining("cannot be read. The database says: ")
				.hasMessageContaining("with own instead of early_response_request in all names"));
		this.runner.withBean(Durable.class)
			.withBean(Idempotent.class)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void doesNotStartWithResultThatCannotBeStored() {
		this.runner.withBean(Durable.class)
			.withBean(UnstorableResult.class)
			.run((context) -> assertThatFailure(context).isInstanceOf(InvalidPostPhaseException.class)
				.hasMessageContaining("UnstorableResult.handle() cannot be idempotent: its result cannot be stored")
				.hasMessageContaining("Declare a type that says what it holds"));
		this.runner.withBean(Durable.class)
			.withBean(UnknownResult.class)
			.run((context) -> assertThatFailure(context).isInstanceOf(InvalidPostPhaseException.class)
				.hasMessageContaining("UnknownResult.handle() cannot be idempotent")
				.hasMessageContaining("wildcard"));
	}

	@Test
	void doesNotStartWithTableOfAnEarlierVersion() {
		this.runner
			.withPropertyValues("spring.sql.init.mode=always",
					"spring.sql.init.schema-locations=classpath:io/github/earlyresponse/jdbc/schema-h2.sql",
					"spring.sql.init.data-locations=classpath:io/github/earlyresponse/jdbc/without-columns.sql",
					"early-response.jdbc.initialize-schema=never")
			.withConfiguration(AutoConfigurations.of(DataSourceInitializationAutoConfiguration.class))
			.run((context) -> assertThatFailure(context)
				.hasMessageContaining("no columns [owner, crashes, failure, dead_at, checkpoints, last_checkpoint]")
				.hasMessageContaining("schema-*.sql"));
	}

	@Test
	void storesInDataSourceThatIsNamedOrQualifiedOrPrimary() {
		assertThatDataSource("early-response.jdbc.datasource=", Plain.class, Qualified.class).isEqualTo("qualified");
		assertThatDataSource("early-response.jdbc.datasource=plain", Plain.class, Qualified.class).isEqualTo("plain");
		assertThatDataSource("early-response.jdbc.datasource=", Plain.class, Other.class, First.class)
			.isEqualTo("first");
		assertThatDataSource("early-response.jdbc.datasource=other", Plain.class, Other.class, First.class)
			.isEqualTo("other");
	}

	private AbstractStringAssert<?> assertThatDataSource(String property, Class<?>... dataSources) {
		AtomicReference<String> chosen = new AtomicReference<>();
		this.runner.withUserConfiguration(dataSources)
			.withPropertyValues(property)
			.run((context) -> context.getBeansOfType(DataSource.class).forEach((name, dataSource) -> {
				if (hasTable(dataSource)) {
					assertThat(chosen.getAndSet(name)).isNull();
				}
			}));
		return assertThat(chosen.get());
	}

	private static DataSource database(String name) {
		return new SimpleDriverDataSource(new Driver(),
				"jdbc:h2:mem:" + name + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
	}

	private static boolean hasTable(DataSource dataSource) {
		return !new JdbcTemplate(dataSource)
			.queryForList("select 1 from information_schema.tables where table_name = 'EARLY_RESPONSE_POST_PHASE'")
			.isEmpty();
	}

	@Test
	void doesNotStartWithSeveralDataSourcesOfWhichNoneIsChosen() {
		this.runner.withUserConfiguration(Plain.class, Other.class)
			.run((context) -> assertThatFailure(context).isInstanceOf(InvalidConfigurationPropertyValueException.class)
				.hasMessageContaining("more than one and none is primary")
				.hasMessageContaining("plain,other")
				.hasMessageContaining("@EarlyResponseDataSource"));
		this.runner.withUserConfiguration(Plain.class, Other.class)
			.withPropertyValues("early-response.jdbc.datasource=missing")
			.run((context) -> assertThatFailure(context).hasMessageContaining("missing")
				.hasMessageContaining("no such DataSource"));
	}

	@Test
	void doesNotStartWithValuesOutOfBounds() {
		for (String value : new String[] { "takeover-after=2s", "heartbeat=0", "threads=0", "table=x;drop",
				"unknown-after=0" }) {
			this.runner.withPropertyValues("early-response.jdbc." + value)
				.run((context) -> assertThatFailure(context)
					.hasMessageContaining("early-response.jdbc." + value.substring(0, value.indexOf('='))));
		}
	}

	@Test
	void doesNotStartWithNamesThatItCannotWorkOn() {
		this.runner.withBean(Durable.class)
			.withPropertyValues("early-response.jdbc.names=work,wrok")
			.run((context) -> assertThatFailure(context).isInstanceOf(InvalidConfigurationPropertyValueException.class)
				.hasMessageContaining("early-response.jdbc.names")
				.hasMessageContaining("'wrok'")
				.hasMessageContaining("No durable @PostPhase method has the name or alias 'wrok'")
				.hasMessageContaining("[work]"));
		this.runner.withBean(Durable.class)
			.withPropertyValues("early-response.jdbc.names=work", "early-response.jdbc.work=accept-only")
			.run((context) -> assertThatFailure(context).hasMessageContaining("early-response.jdbc.names")
				.hasMessageContaining("Remove one of the two"));
	}

	@Test
	void startsWithNameThatItWorksOn() {
		this.runner.withBean(Durable.class)
			.withPropertyValues("early-response.jdbc.names=work", "early-response.jdbc.work=false")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void warnsOfFileThatCanLoseWhatWasStored(@TempDir Path folder, CapturedOutput output) {
		String url = "spring.datasource.url=jdbc:h2:file:" + folder.resolve("db");
		this.runner.withPropertyValues(url, "early-response.jdbc.initialize-schema=always")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("writes with a delay, so that a crash loses post-phases")
			.contains("closes its file if a thread is interrupted");
	}

	@Test
	void doesNotWarnOfFileThatKeepsWhatWasStored(@TempDir Path folder, CapturedOutput output) {
		String url = "spring.datasource.url=jdbc:h2:file:retry:" + folder.resolve("db")
				+ ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE";
		this.runner.withPropertyValues(url, "early-response.jdbc.initialize-schema=always")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("writes with a delay").doesNotContain("closes its file");
	}

	/**
	 * The server of the tests does not wait for the disk.
	 */
	@Test
	void warnsOfPostgreSqlThatAcknowledgesBeforeItHasWritten(CapturedOutput output) {
		List<String> properties = new ArrayList<>(TestDatabase.POSTGRESQL.properties());
		properties.set(0, properties.get(0) + "&options=-c%20synchronous_commit=off");
		start(properties);
		assertThat(output).containsOnlyOnce("(synchronous_commit=off), so that a crash loses post-phases")
			.contains("Set synchronous_commit to on")
			.containsOnlyOnce("(fsync=off), so that a crash loses post-phases")
			.contains("Set fsync to on");
	}

	@Test
	void doesNotWarnOfPostgreSqlThatWritesBeforeItAcknowledges(CapturedOutput output) throws IOException {
		try (EmbeddedPostgres server = EmbeddedPostgres.builder()
			.setServerConfig("fsync", "on")
			.setServerConfig("synchronous_commit", "local")
			.start()) {
			start(List.of("spring.datasource.url=" + server.getJdbcUrl("postgres", "postgres"),
					"early-response.jdbc.initialize-schema=always"));
		}
		assertThat(output).doesNotContain("so that a crash loses post-phases");
	}

	@ParameterizedTest
	@CsvSource({ "0, true", "1, false", "2, true" })
	void warnsOfMariaDbThatAcknowledgesBeforeItHasWritten(int value, boolean warned, CapturedOutput output) {
		List<String> properties = TestDatabase.MARIADB.properties();
		JdbcTemplate server = new JdbcTemplate(
				new DriverManagerDataSource(properties.get(0).substring("spring.datasource.url=".length())));
		server.execute("set global innodb_flush_log_at_trx_commit = " + value);
		try {
			start(properties);
		}
		finally {
			server.execute("set global innodb_flush_log_at_trx_commit = default");
		}
		String warning = "(innodb_flush_log_at_trx_commit is not 1), so that a crash loses post-phases";
		assertThat(output.toString().contains(warning)).isEqualTo(warned);
		assertThat(output.toString().contains("Set innodb_flush_log_at_trx_commit to 1")).isEqualTo(warned);
	}

	private void start(List<String> properties) {
		this.runner.withPropertyValues(properties.toArray(String[]::new))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	private static AbstractThrowableAssert<?, ?> assertThatFailure(AssertableWebApplicationContext context) {
		return assertThat(NestedExceptionUtils.getMostSpecificCause(context.getStartupFailure()));
	}

	static class Durable {

		@PostPhase(durable = true)
		void work(String text) {
		}

	}

	static class UnstorableCheckpoints {

		@PostPhase(durable = true, checkpointType = List.class)
		void work() {
		}

	}

	static class Unstorable {

		@PostPhase(durable = true)
		void work(Object anything) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Plain {

		@Bean
		DataSource plain() {
			return database("plain");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Other {

		@Bean
		DataSource other() {
			return database("other");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class First {

		@Bean
		@Primary
		DataSource first() {
			return database("first");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Qualified {

		@Bean(defaultCandidate = false)
		@EarlyResponseDataSource
		DataSource qualified() {
			return database("qualified");
		}

	}

	@RestController
	static class Idempotent {

		@PostMapping("/")
		@RespondThenContinue(then = "work", idempotent = true)
		ResponseEntity<String> handle() {
			return ResponseEntity.ok("");
		}

	}

	@RestController
	static class UnstorableResult {

		@PostMapping("/")
		@RespondThenContinue(then = "work", idempotent = true)
		Object handle() {
			return "";
		}

	}

	@RestController
	static class UnknownResult {

		@PostMapping("/")
		@RespondThenContinue(then = "work", idempotent = true)
		ResponseEntity<?> handle() {
			return ResponseEntity.ok("");
		}

	}

}
