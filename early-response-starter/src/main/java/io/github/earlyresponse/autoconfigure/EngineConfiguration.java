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
import io.github.earlyresponse.autoconfigure.EarlyResponseProperties.VirtualThreads;
import io.github.earlyresponse.engine.PostPhaseEngine;
import io.github.earlyresponse.engine.PostPhaseObserver;
import io.github.earlyresponse.memory.MemoryEngineSettings;
import io.github.earlyresponse.memory.MemoryPostPhaseEngine;
import io.github.earlyresponse.memory.PostPhaseExecutor;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
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

	private static final int PLATFORM_THREADS = 16;

	private static final int VIRTUAL_THREADS = 256;

	@Bean
	MemoryPostPhaseEngine postPhaseEngine(EarlyResponseProperties properties, Environment environment,
			ListableBeanFactory beanFactory, ObjectProvider<PostPhaseListener> listeners,
			ObjectProvider<PostPhaseObserver> observer) {
		boolean virtualThreads = virtualThreads(properties.getExecutor().getVirtualThreads(), environment);
		int maxConcurrency = maxConcurrency(properties.getExecutor(), virtualThreads);
		int queueCapacity = properties.getExecutor().getQueueCapacity();
		check(queueCapacity >= 0, "executor.queue-capacity", queueCapacity, "It must not be negative.");
		check(queueCapacity <= Integer.MAX_VALUE - maxConcurrency, "executor.queue-capacity", queueCapacity,
				"It is too large.");
		MemoryEngineSettings settings = new MemoryEngineSettings(maxConcurrency + queueCapacity,
				properties.getWhenSaturated(), notNegative("retry-after", properties.getRetryAfter()),
				notNegative("timeout", properties.getTimeout()),
				notNegative("shutdown.timeout", properties.getShutdown().getTimeout()));
		return new MemoryPostPhaseEngine(settings,
				executor(properties.getExecutor(), virtualThreads, maxConcurrency, beanFactory),
				listeners::orderedStream, () -> observer.getIfUnique(PostPhaseObserver::none));
	}

	static boolean virtualThreads(VirtualThreads virtualThreads, Environment environment) {
		check(virtualThreads != VirtualThreads.TRUE
				|| JavaVersion.getJavaVersion().isEqualOrNewerThan(JavaVersion.TWENTY_ONE), "executor.virtual-threads",
				"true", "Virtual threads need Java 21 or newer, this is Java " + JavaVersion.getJavaVersion() + ".");
		return switch (virtualThreads) {
			case AUTO -> Threading.VIRTUAL.isActive(environment);
			case TRUE -> true;
			case FALSE -> false;
		};
	}

	private static int maxConcurrency(EarlyResponseProperties.Executor executor, boolean virtualThreads) {
		Integer maxConcurrency = executor.getMaxConcurrency();
		if (maxConcurrency == null) {
			return (virtualThreads) ? VIRTUAL_THREADS : PLATFORM_THREADS;
		}
		check(maxConcurrency > 0, "executor.max-concurrency", maxConcurrency, "It must be at least 1.");
		return maxConcurrency;
	}

	private static PostPhaseExecutor executor(EarlyResponseProperties.Executor executor, boolean virtualThreads,
			int maxConcurrency, ListableBeanFactory beanFactory) {
		String prefix = executor.getThreadNamePrefix();
		check(StringUtils.hasText(prefix), "executor.thread-name-prefix", prefix, "It must not be empty.");
		String bean = executor.getBean();
		if (StringUtils.hasText(bean)) {
			check(beanFactory.containsBean(bean) && beanFactory.isTypeMatch(bean, Executor.class), "executor.bean",
					bean, "There is no Executor bean of that name; those that exist are "
							+ List.of(beanFactory.getBeanNamesForType(Executor.class)) + ".");
			return PostPhaseExecutor.of(beanFactory.getBean(bean, Executor.class));
		}
		return (virtualThreads) ? PostPhaseExecutor.virtualThreads(prefix, maxConcurrency)
				: PostPhaseExecutor.platformThreads(prefix, maxConcurrency);
	}

	private static Duration notNegative(String name, Duration value) {
		check(!value.isNegative(), name, value, "It must not be negative.");
		return value;
	}

	static void check(boolean valid, String name, Object value, String reason) {
		if (!valid) {
			throw new InvalidConfigurationPropertyValueException("early-response." + name, value, reason);
		}
	}

}
