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

package io.github.earlyresponse.benchmarks.path;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.i18n.LocaleContextThreadLocalAccessor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.TaskExecutor;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.concurrent.ConcurrentTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * An application whose handlers are called without HTTP.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableAsync(proxyTargetClass = true)
@Import({ PathController.class, PathWork.class, PathWork.Asynchronous.class })
class PathApplication {

	@Bean
	TaskDecorator taskDecorator() {
		ContextRegistry registry = ContextRegistry.getInstance();
		registry.registerThreadLocalAccessor(new Slf4jThreadLocalAccessor());
		registry.registerThreadLocalAccessor(new LocaleContextThreadLocalAccessor());
		return new ContextPropagatingTaskDecorator();
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty(name = "benchmark.threads", havingValue = "INLINE")
	static class Inline {

		@Bean
		TaskExecutor applicationTaskExecutor(TaskDecorator taskDecorator) {
			ConcurrentTaskExecutor executor = new ConcurrentTaskExecutor(Runnable::run);
			executor.setTaskDecorator(taskDecorator);
			return executor;
		}

		@Bean(defaultCandidate = false)
		TaskExecutor bareExecutor() {
			return new ConcurrentTaskExecutor(Runnable::run);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty(name = "benchmark.threads", havingValue = "PLATFORM")
	static class Platform {

		@Bean(defaultCandidate = false)
		TaskExecutor bareExecutor() {
			ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
			executor.setCorePoolSize(PathBenchmark.PLATFORM_THREADS);
			return executor;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty(name = "benchmark.threads", havingValue = "VIRTUAL")
	static class Virtual {

		@Bean(defaultCandidate = false)
		TaskExecutor bareExecutor() {
			SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("bare-");
			executor.setVirtualThreads(true);
			return executor;
		}

	}

}
