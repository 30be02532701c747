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

import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.engine.PostPhaseEngine;
import io.github.earlyresponse.engine.StoreConnections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.FactoryBean;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadata;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseBody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link ConnectionPoolCheck}.
 */
@ExtendWith(OutputCaptureExtension.class)
class ConnectionPoolCheckTests {

	private static final String POOL = "the pool of the DataSource bean '";

	private final WebApplicationContextRunner contextRunner = WebContexts.withStarter()
		.withConfiguration(SortedAutoConfigurations.of(DataSourceAutoConfiguration.class))
		.withPropertyValues("spring.datasource.url=jdbc:h2:mem:pool")
		.withBean(OrderController.class);

	@Test
	void defaultThatIsMoreThanThePoolIsWarnedOf(CapturedOutput output) {
		this.contextRunner.run((context) -> assertThat(output).containsOnlyOnce(POOL)
			.contains("WARN", "Up to 16 post-phases run at once (early-response.executor.max-concurrency)",
					"'dataSource' has 10 connections", "spring.datasource.hikari.maximum-pool-size",
					"to fewer than 10"));
	}

	@Test
	void poolIsNotOpenedForThat(CapturedOutput output) {
		this.contextRunner.run((context) -> {
			assertThat(output).contains(POOL);
			assertThat(context.getBean(HikariDataSource.class).getHikariPoolMXBean()).isNull();
		});
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void defaultOfVirtualThreadsIsWarnedOf(CapturedOutput output) {
		this.contextRunner
			.withPropertyValues("spring.threads.virtual.enabled=true", "spring.datasource.hikari.maximum-pool-size=100")
			.run((context) -> assertThat(output).containsOnlyOnce(POOL)
				.contains("Up to 256 post-phases", "'dataSource' has 100 connections"));
	}

	@Test
	void explicitValueIsIntended(CapturedOutput output) {
		this.contextRunner.withPropertyValues("early-response.executor.max-concurrency=16")
			.run((context) -> assertThat(output).doesNotContain(POOL));
	}

	@Test
	void nothingIsSaidWithoutAnnotatedHandler(CapturedOutput output) {
		WebContexts.withStarter()
			.withConfiguration(SortedAutoConfigurations.of(DataSourceAutoConfiguration.class))
			.withPropertyValues("spring.datasource.url=jdbc:h2:mem:pool")
			.run((context) -> assertThat(context).hasSingleBean(HikariDataSource.class));
		assertThat(output).doesNotContain(POOL);
	}

	@Test
	void poolThatIsLargerIsNot(CapturedOutput output) {
		this.contextRunner.withPropertyValues("spring.datasource.hikari.maximum-pool-size=17")
			.run((context) -> assertThat(output).doesNotContain(POOL));
	}

	@Test
	void eachPoolIsLookedAt(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(TwoPools.class).run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains(POOL + "small' has 3", POOL + "medium' has 16")
			.doesNotContain(POOL + "large", POOL + "none");
	}

	@Test
	void poolOfAnotherKindIsLookedAtIfItHasALimit(CapturedOutput output) {
		DataSourcePoolMetadata pool = mock(DataSourcePoolMetadata.class);
		WebApplicationContextRunner contextRunner = WebContexts.withStarter()
			.withBean(OrderController.class)
			.withBean(DataSource.class, SimpleDriverDataSource::new)
			.withBean(DataSourcePoolMetadataProvider.class, () -> (dataSource) -> pool);
		for (Integer unlimited : new Integer[] { null, 0, -1 }) {
			given(pool.getMax()).willReturn(unlimited);
			contextRunner.run((context) -> assertThat(context).hasNotFailed());
			assertThat(output).doesNotContain(POOL);
		}
		given(pool.getMax()).willReturn(8);
		contextRunner.run((context) -> assertThat(output).containsOnlyOnce(POOL)
			.contains("has 8 connections (the maximum size of the pool)")
			.doesNotContain("hikari"));
	}

	@ParameterizedTest
	@CsvSource({ "38, false, true", "39, false, false", "39, true, true", "40, true, false" })
	void connectionsOfTheStoreAreCounted(int size, boolean openInView, boolean warned, CapturedOutput output) {
		WebApplicationContextRunner stored = withStore()
			.withPropertyValues("spring.datasource.hikari.maximum-pool-size=" + size);
		((openInView) ? stored.withBean("openEntityManagerInViewInterceptor", Object.class) : stored)
			.run((context) -> assertThat(context).hasNotFailed());
		if (!warned) {
			assertThat(output).doesNotContain(POOL);
			return;
		}
		assertThat(output).containsOnlyOnce(POOL)
			.contains(
					"Up to 38 connections are in use at once: those of 16 post-phases "
							+ "(early-response.executor.max-concurrency), of 16 that are taken over or tried again "
							+ "(early-response.jdbc.threads), and 6 in which",
					"at least " + ((openInView) ? 40 : 39),
					"so that their sum is at most " + (size - 6 - ((openInView) ? 2 : 1)));
		assertThat(output.toString().contains("spring.jpa.open-in-view")).isEqualTo(openInView);
	}

	@Test
	void valuesOfPoolOfTheStoreAreIntendedIfAllAreExplicit(CapturedOutput output) {
		WebApplicationContextRunner explicit = withStore()
			.withPropertyValues("early-response.executor.max-concurrency=16");
		explicit.withPropertyValues("early-response.jdbc.threads=16")
			.run((context) -> assertThat(output).doesNotContain(POOL));
		explicit.run((context) -> assertThat(output).containsOnlyOnce(POOL));
	}

	private WebApplicationContextRunner withStore() {
		return this.contextRunner.withUserConfiguration(Store.class);
	}

	@Test
	void poolThatIsLazyIsNotMade(CapturedOutput output) {
		this.contextRunner.withInitializer((context) -> context.addBeanFactoryPostProcessor(
				(beanFactory) -> beanFactory.getBeanDefinition("dataSource").setLazyInit(true)))
			.run((context) -> {
				assertThat(context.getBeanFactory().containsSingleton("dataSource")).isFalse();
				assertThat(output).doesNotContain(POOL);
			});
	}

	@Test
	void poolOfFactoryBeanIsNotMade(CapturedOutput output) {
		AtomicInteger made = new AtomicInteger();
		this.contextRunner.withBean("made", PoolFactory.class, () -> new PoolFactory(made)).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(made).hasValue(0);
			assertThat(output).doesNotContain(POOL + "made");
		});
	}

	@Test
	void executorOfTheApplicationHasConcurrencyOfItsOwn(CapturedOutput output) {
		this.contextRunner.withPropertyValues("early-response.executor.bean=applicationTaskExecutor")
			.run((context) -> assertThat(output).doesNotContain(POOL));
	}

	@Test
	void nothingIsSaidWhereNothingContinues(CapturedOutput output) {
		this.contextRunner.withPropertyValues("early-response.enabled=0")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain(POOL);
	}

	@Test
	void nothingIsSaidOfAnotherEngine(CapturedOutput output) {
		PostPhaseEngine engine = mock(PostPhaseEngine.class);
		given(engine.capacity()).willReturn(100);
		this.contextRunner.withBean(PostPhaseEngine.class, () -> engine)
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain(POOL);
	}

	@Test
	void worksWithoutDataSourceAndPool(CapturedOutput output) {
		WebContexts.withImportedStarter().run((context) -> assertThat(context).hasNotFailed());
		WebContexts.withImportedStarter()
			.withClassLoader(new FilteredClassLoader(DataSourcePoolMetadataProvider.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("earlyResponseConnectionPoolCheck"));
		WebContexts.withImportedStarter()
			.withClassLoader(new FilteredClassLoader("com.zaxxer.hikari"))
			.withConfiguration(SortedAutoConfigurations.of(DataSourceAutoConfiguration.class))
			.withBean(DataSource.class, SimpleDriverDataSource::new)
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain(POOL);
	}

	@Controller
	static class OrderController {

		@GetMapping("/order")
		@RespondThenContinue
		@ResponseBody
		String order(AfterResponse after) {
			return "taken";
		}

	}

	static class PoolFactory implements FactoryBean<HikariDataSource> {

		private final AtomicInteger made;

		PoolFactory(AtomicInteger made) {
			this.made = made;
		}

		@Override
		public HikariDataSource getObject() {
			this.made.incrementAndGet();
			return TwoPools.pool(3);
		}

		@Override
		public Class<?> getObjectType() {
			return HikariDataSource.class;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Store {

		@Bean
		StoreConnections storeConnections(DataSource dataSource) {
			return new StoreConnections(dataSource, 16, "early-response.jdbc.threads", 6);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TwoPools {

		@Bean
		HikariDataSource small() {
			return pool(3);
		}

		@Bean
		HikariDataSource medium() {
			return pool(16);
		}

		@Bean
		HikariDataSource large() {
			return pool(17);
		}

		@Bean
		DataSource none() {
			return new SimpleDriverDataSource();
		}

		private static HikariDataSource pool(int size) {
			HikariDataSource pool = new HikariDataSource();
			pool.setMaximumPoolSize(size);
			return pool;
		}

	}

}
