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

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.test.context.assertj.AssertableWebApplicationContext;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskExecutor;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the starter leaves the executors of the application as they are.
 */
class ExecutorIsolationTests {

	static Map<String, Class<?>[]> applications() {
		Map<String, Class<?>[]> applications = new TreeMap<>();
		applications.put("plain", new Class<?>[] { Application.class });
		applications.put("with Executor", new Class<?>[] { Application.class, OwnExecutor.class });
		applications.put("with TaskExecutor", new Class<?>[] { Application.class, OwnTaskExecutor.class });
		applications.put("with @Scheduled", new Class<?>[] { Application.class, Schedules.class });
		applications.put("with @Scheduled and Executor",
				new Class<?>[] { Application.class, Schedules.class, OwnExecutor.class });
		return applications;
	}

	@ParameterizedTest
	@MethodSource("applicationNames")
	void starterChangesNothing(String application) {
		Map<String, String> without = observe(WebContexts.withoutStarter(), application);
		Map<String, String> with = observe(WebContexts.withStarter(), application);
		assertThat(with).isEqualTo(without);
	}

	static Iterable<String> applicationNames() {
		return applications().keySet();
	}

	@Test
	void asyncMethodRunsOnApplicationTaskExecutor() {
		Map<String, String> observed = observe(WebContexts.withStarter(), "plain");
		assertThat(observed).containsEntry("@Async", "task-")
			.containsEntry("applicationTaskExecutor", "there")
			.containsEntry("TaskExecutor", "unique")
			.containsEntry("Executor", "unique");
	}

	@Test
	void asyncMethodRunsOnTaskExecutorOfTheApplication() {
		assertThat(observe(WebContexts.withStarter(), "with TaskExecutor")).containsEntry("@Async", "own-")
			.containsEntry("applicationTaskExecutor", "absent");
	}

	@Test
	void scheduledMethodRunsOnSchedulerOfTheApplication() {
		assertThat(observe(WebContexts.withStarter(), "with @Scheduled")).containsEntry("@Scheduled", "scheduling-")
			.containsEntry("@Async", "task-");
	}

	private static Map<String, String> observe(WebApplicationContextRunner contextRunner, String application) {
		Map<String, String> observed = new TreeMap<>();
		ContextConsumer<AssertableWebApplicationContext> observer = (context) -> {
			observed.put("Executor beans", String.join(",", context.getBeanNamesForType(Executor.class)));
			observed.put("applicationTaskExecutor",
					context.containsBean("applicationTaskExecutor") ? "there" : "absent");
			for (Class<?> type : new Class<?>[] { Executor.class, TaskExecutor.class, AsyncTaskExecutor.class }) {
				observed.put(type.getSimpleName(), unique(context, type));
			}
			observed.put("@Async", prefix(context.getBean(AsyncWork.class).threadName()));
			Schedules schedules = context.getBeanProvider(Schedules.class).getIfAvailable();
			if (schedules != null) {
				observed.put("@Scheduled", prefix(schedules.threadName));
			}
		};
		contextRunner.withUserConfiguration(applications().get(application)).run(observer);
		return observed;
	}

	private static String unique(ApplicationContext context, Class<?> type) {
		ObjectProvider<?> provider = context.getBeanProvider(type);
		return (provider.getIfUnique() != null) ? "unique" : "not unique";
	}

	private static String prefix(CompletableFuture<String> threadName) throws Exception {
		return threadName.get(30, TimeUnit.SECONDS).replaceAll("[0-9]+$", "");
	}

	@Test
	void postPhasesRunOnExecutorBeanThatIsNamed() {
		Supplier<WebApplicationContextRunner> contextRunner = () -> WebContexts.withStarter()
			.withUserConfiguration(Application.class);
		contextRunner.get()
			.withUserConfiguration(OwnExecutor.class)
			.withPropertyValues("early-response.executor.bean=ownExecutor")
			.run((context) -> assertThat(PostPhaseThreads.of(context).getName()).startsWith("plain-"));
		contextRunner.get()
			.withPropertyValues("early-response.executor.bean=applicationTaskExecutor")
			.run((context) -> assertThat(PostPhaseThreads.of(context).getName()).startsWith("task-"));
	}

	@Test
	void executorBeanMayBeNamedByAlias() {
		WebContexts.withStarter()
			.withUserConfiguration(OwnExecutor.class)
			.withPropertyValues("early-response.executor.bean=executorAlias")
			.run((context) -> assertThat(PostPhaseThreads.of(context).getName()).startsWith("plain-"));
	}

	@Test
	void postPhasesRunOnThreadsWithPrefix() {
		WebContexts.withStarter().run((context) -> {
			Thread thread = PostPhaseThreads.of(context);
			assertThat(thread.getName()).startsWith("post-phase-");
			assertThat(PostPhaseThreads.isVirtual(thread)).isFalse();
		});
		WebContexts.withStarter()
			.withPropertyValues("early-response.executor.thread-name-prefix=later-")
			.run((context) -> assertThat(PostPhaseThreads.of(context).getName()).startsWith("later-"));
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void virtualThreadsFollowSpringThreads() {
		WebContexts.withStarter().withPropertyValues("spring.threads.virtual.enabled=true").run((context) -> {
			Thread thread = PostPhaseThreads.of(context);
			assertThat(thread.getName()).startsWith("post-phase-");
			assertThat(PostPhaseThreads.isVirtual(thread)).isTrue();
		});
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void virtualThreadsOverrideSpringThreads() {
		WebContexts.withStarter()
			.withPropertyValues("spring.threads.virtual.enabled=true", "early-response.executor.virtual-threads=false")
			.run((context) -> assertThat(PostPhaseThreads.isVirtual(PostPhaseThreads.of(context))).isFalse());
		WebContexts.withStarter()
			.withPropertyValues("early-response.executor.virtual-threads=true")
			.run((context) -> assertThat(PostPhaseThreads.isVirtual(PostPhaseThreads.of(context))).isTrue());
	}

	@Test
	@EnabledForJreRange(max = JRE.JAVA_20)
	void springThreadsAreNotVirtualOnOldJava() {
		WebContexts.withStarter()
			.withPropertyValues("spring.threads.virtual.enabled=true")
			.run((context) -> assertThat(PostPhaseThreads.isVirtual(PostPhaseThreads.of(context))).isFalse());
	}

	static class AsyncWork {

		@Async
		CompletableFuture<String> threadName() {
			return CompletableFuture.completedFuture(Thread.currentThread().getName());
		}

	}

	@EnableAsync
	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		AsyncWork asyncWork() {
			return new AsyncWork();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnExecutor {

		@Bean({ "ownExecutor", "executorAlias" })
		Executor ownExecutor() {
			return (task) -> new Thread(task, "plain-1").start();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnTaskExecutor {

		@Bean
		TaskExecutor ownTaskExecutor() {
			return new SimpleAsyncTaskExecutor("own-");
		}

	}

	@EnableScheduling
	@Configuration(proxyBeanMethods = false)
	static class Schedules {

		final CompletableFuture<String> threadName = new CompletableFuture<>();

		@Scheduled(fixedDelay = 1, timeUnit = TimeUnit.HOURS)
		void run() {
			this.threadName.complete(Thread.currentThread().getName());
		}

	}

}
