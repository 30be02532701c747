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

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;

import io.github.earlyresponse.PostPhaseListener;
import io.github.earlyresponse.engine.PostPhaseEngine;
import io.github.earlyresponse.engine.PostPhaseStore;
import io.github.earlyresponse.memory.MemoryEngineSettings;
import io.github.earlyresponse.memory.MemoryPostPhaseEngine;
import io.github.earlyresponse.memory.PostPhaseExecutor;
import io.github.earlyresponse.memory.PostPhaseExecutors;
import io.github.earlyresponse.memory.WhenSaturated;
import io.github.earlyresponse.run.PostPhaseObserver;
import io.github.earlyresponse.run.PostPhaseRunner;
import io.github.earlyresponse.run.RunnerSettings;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.system.JavaVersion;
import org.springframework.boot.thread.Threading;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * The engine in memory, made of checked properties.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnMissingBean(PostPhaseEngine.class)
class EngineConfiguration {

	private static final Log logger = LogFactory.getLog(EngineConfiguration.class);

	private static final int PLATFORM_THREADS = 16;

	private static final int VIRTUAL_THREADS = 256;

	@Bean
	PostPhaseRunner postPhaseRunner(EarlyResponseProperties properties, ObjectProvider<PostPhaseListener> listeners,
			ObjectProvider<PostPhaseObserver> observer) {
		EarlyResponseProperties.Retry retry = properties.getRetry();
		EarlyResponseProperties.Retry durableRetry = properties.getDurable().getRetry();
		return new PostPhaseRunner(
				new RunnerSettings(properties.getTimeout(), retry.settings().policy(), retry.getMaxDeferrals(),
						durableRetry.getMaxDeferrals(), retry.getGiveUpAfter(), durableRetry.getGiveUpAfter()),
				listeners::orderedStream, () -> observer.getIfUnique(PostPhaseObserver::none));
	}

	@Bean
	MemoryPostPhaseEngine postPhaseEngine(EarlyResponseProperties properties, Environment environment,
			ConfigurableListableBeanFactory beanFactory, PostPhaseRunner runner, ObjectProvider<PostPhaseStore> store) {
		EarlyResponseProperties.Executor executor = properties.getExecutor();
		int maxConcurrency = maxConcurrency(executor, environment);
		int capacity = maxConcurrency + executor.getQueueCapacity();
		Duration shutdownTimeout = properties.getShutdown().getTimeout();
		Duration handBackAfter = properties.getDurable().getHandBackAfter();
		MemoryEngineSettings settings = new MemoryEngineSettings(capacity, properties.getWhenSaturated(),
				properties.getRetryAfter(), shutdownTimeout, (handBackAfter != null) ? handBackAfter : shutdownTimeout);
		String bean = executor.getBean();
		return new MemoryPostPhaseEngine(settings, StringUtils.hasText(bean)
				? applicationExecutor(bean, capacity, beanFactory) : ownExecutor(executor, environment, maxConcurrency),
				runner, store(properties, store));
	}

	@Bean
	DrainLifecycle postPhaseDrainLifecycle(MemoryPostPhaseEngine engine) {
		return new DrainLifecycle(engine::drain);
	}

	private static @Nullable PostPhaseStore store(EarlyResponseProperties properties,
			ObjectProvider<PostPhaseStore> stores) {
		if (!properties.isEnabled()) {
			return null;
		}
		DurableEngine engine = properties.getDurable().getEngine();
		PostPhaseStore store = (engine == DurableEngine.JDBC) ? stores.getIfUnique() : null;
		PropertyBounds.check(engine != DurableEngine.JDBC || store != null, "durable.engine", "jdbc",
				"There is no store. Add early-response-jdbc to the application, and a DataSource.");
		PropertyBounds.check(store != null || properties.getWhenSaturated() != WhenSaturated.ENQUEUE, "when-saturated",
				"enqueue", "Only durable post-phases can be enqueued. Set early-response.durable.engine to jdbc.");
		if (engine == DurableEngine.MEMORY) {
			logger.warn("Durable post-phases are kept in memory and lost with the process, because "
					+ "early-response.durable.engine is memory. Use that for development only");
		}
		return store;
	}

	static boolean virtualThreads(EarlyResponseProperties.Executor executor, Environment environment) {
		Boolean virtualThreads = PropertyBounds.virtualThreads(executor);
		if (virtualThreads == null) {
			return Threading.VIRTUAL.isActive(environment);
		}
		PropertyBounds.check(!virtualThreads || JavaVersion.getJavaVersion().isEqualOrNewerThan(JavaVersion.TWENTY_ONE),
				"executor.virtual-threads", executor.getVirtualThreads(),
				"Virtual threads need Java 21 or newer, this is Java " + JavaVersion.getJavaVersion() + ".");
		return virtualThreads;
	}

	static int maxConcurrency(EarlyResponseProperties.Executor executor, Environment environment) {
		Integer maxConcurrency = executor.getMaxConcurrency();
		if (maxConcurrency != null) {
			return maxConcurrency;
		}
		return (virtualThreads(executor, environment)) ? VIRTUAL_THREADS : PLATFORM_THREADS;
	}

	private static PostPhaseExecutor ownExecutor(EarlyResponseProperties.Executor executor, Environment environment,
			int maxConcurrency) {
		String prefix = executor.getThreadNamePrefix();
		return (virtualThreads(executor, environment)) ? PostPhaseExecutors.virtualThreads(prefix, maxConcurrency)
				: PostPhaseExecutors.platformThreads(prefix, maxConcurrency);
	}

	private static PostPhaseExecutor applicationExecutor(String bean, int capacity,
			ConfigurableListableBeanFactory beanFactory) {
		PropertyBounds.check(beanFactory.containsBean(bean) && beanFactory.isTypeMatch(bean, Executor.class),
				"executor.bean", bean, "There is no Executor bean of that name; those that exist are "
						+ List.of(beanFactory.getBeanNamesForType(Executor.class)) + ".");
		Executor executor = beanFactory.getBean(bean, Executor.class);
		if (isInfrastructure(bean, beanFactory)) {
			return PostPhaseExecutors.of(executor);
		}
		new ExecutorInspector(bean, capacity).inspect(executor);
		return PostPhaseExecutors.of(bean, executor);
	}

	/**
	 * Such as that of the test kit, which is meant to run post-phases on the request
	 * thread.
	 */
	private static boolean isInfrastructure(String bean, ConfigurableListableBeanFactory beanFactory) {
		return beanFactory.containsBeanDefinition(bean)
				&& beanFactory.getBeanDefinition(bean).getRole() == BeanDefinition.ROLE_INFRASTRUCTURE;
	}

}
