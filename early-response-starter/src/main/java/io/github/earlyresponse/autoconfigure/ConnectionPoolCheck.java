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

import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.call.AnnotatedBeanMethods;
import io.github.earlyresponse.engine.StoreConnections;
import io.github.earlyresponse.memory.MemoryPostPhaseEngine;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.jdbc.metadata.CompositeDataSourcePoolMetadataProvider;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadata;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
import org.springframework.boot.jdbc.metadata.HikariDataSourcePoolMetadata;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Warns if the post-phases that run at once by default, and what stores them, could take
 * all connections of a pool, so that requests wait for one. Looks only at pools that
 * exist once all singletons are instantiated, and creates none.
 */
class ConnectionPoolCheck implements SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog(ConnectionPoolCheck.class);

	private static final String MAX_CONCURRENCY = "early-response.executor.max-concurrency";

	/** A bean of Spring Boot. */
	private static final String OPEN_IN_VIEW = "openEntityManagerInViewInterceptor";

	private final EarlyResponseProperties.Executor executor;

	private final Environment environment;

	private final ConfigurableListableBeanFactory beanFactory;

	private final ObjectProvider<DataSourcePoolMetadataProvider> providers;

	private final ObjectProvider<MemoryPostPhaseEngine> engine;

	private final ObjectProvider<StoreConnections> stores;

	private final AnnotatedBeanMethods beanMethods;

	ConnectionPoolCheck(EarlyResponseProperties.Executor executor, Environment environment,
			ConfigurableListableBeanFactory beanFactory, ObjectProvider<DataSourcePoolMetadataProvider> providers,
			ObjectProvider<MemoryPostPhaseEngine> engine, ObjectProvider<StoreConnections> stores,
			AnnotatedBeanMethods beanMethods) {
		this.executor = executor;
		this.environment = environment;
		this.beanFactory = beanFactory;
		this.providers = providers;
		this.engine = engine;
		this.stores = stores;
		this.beanMethods = beanMethods;
	}

	@Override
	public void afterSingletonsInstantiated() {
		if (StringUtils.hasText(this.executor.getBean()) || this.engine.getIfAvailable() == null) {
			// What runs at once is decided elsewhere
			return;
		}
		StoreConnections store = this.stores.getIfUnique();
		for (String name : this.beanFactory.getBeanNamesForType(DataSource.class, false, false)) {
			if (exists(name) && continues()) {
				DataSource dataSource = this.beanFactory.getBean(name, DataSource.class);
				check(name, dataSource, (store != null && store.dataSource() == dataSource) ? store : null);
			}
		}
	}

	/**
	 * The product of a {@code FactoryBean} may not have been made yet, although the
	 * {@code FactoryBean} exists.
	 */
	private boolean exists(String name) {
		return this.beanFactory.containsSingleton(name) && !this.beanFactory.isFactoryBean(name);
	}

	private boolean continues() {
		return !this.beanMethods.annotatedWith(RespondThenContinue.class).isEmpty();
	}

	private void check(String name, DataSource dataSource, @Nullable StoreConnections store) {
		if (isIntended(store)) {
			return;
		}
		DataSourcePoolMetadata pool = new CompositeDataSourcePoolMetadataProvider(
				this.providers.orderedStream().toList())
			.getDataSourcePoolMetadata(dataSource);
		Integer connections = (pool != null) ? pool.getMax() : null;
		// What is not positive is no limit
		if (pool == null || connections == null || connections <= 0) {
			return;
		}
		String size = "the pool of the DataSource bean '" + name + "' has " + connections + " connections (" + key(pool)
				+ "). ";
		int maxConcurrency = EngineConfiguration.maxConcurrency(this.executor, this.environment);
		if (store != null) {
			check(maxConcurrency, store, connections, size);
		}
		else if (maxConcurrency >= connections) {
			logger.warn("Up to " + maxConcurrency + " post-phases run at once (" + MAX_CONCURRENCY + "), and " + size
					+ "Post-phases that use it can take all of them, so that requests wait for one. Set "
					+ MAX_CONCURRENCY + " to fewer than " + connections + ", make the pool larger, or set "
					+ MAX_CONCURRENCY + " to " + maxConcurrency + " to say that this is intended");
		}
	}

	private boolean isIntended(@Nullable StoreConnections store) {
		return this.executor.getMaxConcurrency() != null
				&& (store == null || this.environment.containsProperty(store.property()));
	}

	private void check(int maxConcurrency, StoreConnections store, int connections, String size) {
		int sum = maxConcurrency + store.threads() + store.background();
		boolean openInView = this.beanFactory.containsBean(OPEN_IN_VIEW);
		int perRequest = (openInView) ? 2 : 1;
		if (sum + perRequest <= connections) {
			return;
		}
		String request = (openInView)
				? " A request may need two at once, because spring.jpa.open-in-view keeps that of its EntityManager. Set that "
						+ "to false, so that one is enough."
				: "";
		logger.warn("Up to " + sum + " connections are in use at once: those of " + maxConcurrency + " post-phases ("
				+ MAX_CONCURRENCY + "), of " + store.threads() + " that are taken over or tried again ("
				+ store.property() + "), and " + store.background() + " in which post-phases are stored. But " + size
				+ "Post-phases that use it can take all of them, so that requests wait for one." + request
				+ " Make the pool larger, at least " + (sum + perRequest)
				+ alternative(connections - perRequest - store.background(), store)
				+ ". If both are set, this is intended");
	}

	/**
	 * Each of the two is one at least.
	 */
	private static String alternative(int rest, StoreConnections store) {
		return (rest < 2) ? ", or set " + MAX_CONCURRENCY + " and " + store.property() + " to low numbers as well"
				: ", or set " + MAX_CONCURRENCY + " and " + store.property() + " so that their sum is at most " + rest;
	}

	private static String key(DataSourcePoolMetadata pool) {
		return (pool instanceof HikariDataSourcePoolMetadata)
				? "with the DataSource of Spring Boot that is spring.datasource.hikari.maximum-pool-size"
				: "the maximum size of the pool";
	}

}
