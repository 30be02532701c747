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

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.SyncTaskExecutor;
import org.springframework.scheduling.concurrent.ConcurrentTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ExecutorInspector}: what is said at the start about executors of the
 * application.
 */
@ExtendWith(OutputCaptureExtension.class)
class ExecutorInspectorTests {

	private static final String BEAN = "The Executor bean 'reports' (early-response.executor.bean)";

	private final WebApplicationContextRunner contextRunner = WebContexts.withStarter()
		.withPropertyValues("early-response.executor.bean=reports", "early-response.executor.max-concurrency=4",
				"early-response.executor.queue-capacity=6");

	private WebApplicationContextRunner with(Executor executor) {
		return this.contextRunner.withBean("reports", Executor.class, () -> executor);
	}

	private static ThreadPoolExecutor pool(int queueCapacity, RejectedExecutionHandler policy) {
		return new ThreadPoolExecutor(2, 2, 1, TimeUnit.SECONDS,
				(queueCapacity > 0) ? new LinkedBlockingQueue<>(queueCapacity) : new SynchronousQueue<>(), policy);
	}

	private void assertWarns(Executor executor, CapturedOutput output, String... texts) {
		with(executor).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).containsOnlyOnce(BEAN).contains(texts);
		});
	}

	private void assertSilent(Executor executor, CapturedOutput output) {
		with(executor).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).doesNotContain("'reports'");
		});
	}

	@Test
	void executorOfTheCallerIsNamed(CapturedOutput output) {
		assertWarns(new SyncTaskExecutor(), output, "runs each post-phase on the request thread");
	}

	@Test
	void executorWithLimitIsNamed(CapturedOutput output) {
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor();
		executor.setConcurrencyLimit(3);
		assertWarns(executor, output, "has a concurrency limit of 3, below the capacity of 10", "Remove its limit");
	}

	@Test
	void executorWithoutLimitIsNot(CapturedOutput output) {
		assertSilent(new SimpleAsyncTaskExecutor(), output);
		SimpleAsyncTaskExecutor enough = new SimpleAsyncTaskExecutor();
		enough.setConcurrencyLimit(10);
		assertSilent(enough, output);
	}

	@Test
	void poolThatIsSmallerThanTheCapacityIsNamed(CapturedOutput output) {
		assertWarns(pool(7, new ThreadPoolExecutor.CallerRunsPolicy()), output,
				"accepts 9 tasks, less than the capacity of 10", "CallerRunsPolicy", "be 9 together");
	}

	@Test
	void poolThatRefusesIsNamed(CapturedOutput output) {
		assertWarns(pool(0, new ThreadPoolExecutor.AbortPolicy()), output, "accepts 2 tasks", "AbortPolicy");
	}

	@Test
	void poolOfSpringIsNamed(CapturedOutput output) {
		ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
		executor.setMaxPoolSize(1);
		executor.setQueueCapacity(1);
		executor.setRejectedExecutionHandler(new ThreadPoolExecutor.CallerRunsPolicy());
		assertWarns(executor, output, "accepts 2 tasks", "CallerRunsPolicy");
	}

	@Test
	void poolBehindAdapterAndProxyIsNamed(CapturedOutput output) {
		ProxyFactory proxy = new ProxyFactory(
				new ConcurrentTaskExecutor(pool(1, new ThreadPoolExecutor.CallerRunsPolicy())));
		assertWarns((Executor) proxy.getProxy(), output, "accepts 3 tasks", "CallerRunsPolicy");
	}

	@Test
	void poolThatIsLargeEnoughIsNot(CapturedOutput output) {
		assertSilent(pool(8, new ThreadPoolExecutor.CallerRunsPolicy()), output);
		assertSilent(Executors.newFixedThreadPool(1), output);
		assertSilent(Executors.newCachedThreadPool(), output);
		assertSilent(new ThreadPoolTaskExecutor(), output);
		assertSilent(Executors.newSingleThreadExecutor(), output);
	}

	@Test
	void poolThatDiscardsIsRefused() {
		for (RejectedExecutionHandler policy : new RejectedExecutionHandler[] { new ThreadPoolExecutor.DiscardPolicy(),
				new ThreadPoolExecutor.DiscardOldestPolicy() }) {
			with(pool(100, policy)).run((context) -> assertThat(WebContexts.analyze(context).getDescription())
				.contains("early-response.executor.bean", "reports", policy.getClass().getSimpleName(), "AbortPolicy"));
		}
	}

	@Test
	void policyOfTheApplicationIsNotJudged(CapturedOutput output) {
		assertWarns(pool(1, (task, executor) -> {
		}), output, "accepts 3 tasks", "what its rejection policy does with more cannot be told",
				"keeps its place until shutdown");
		assertThat(output).doesNotContain("makes post-phases run on the request thread");
	}

	@Test
	void policyThatIsDerivedFromOneOfTheJdkCountsAsThat() {
		with(pool(1, new ThreadPoolExecutor.DiscardPolicy() {
		})).run((context) -> assertThat(WebContexts.analyze(context).getDescription()).contains("DiscardPolicy"));
	}

	@Test
	void poolThatNeverDiscardsIsNot(CapturedOutput output) {
		assertSilent(pool(Integer.MAX_VALUE, new ThreadPoolExecutor.DiscardPolicy()), output);
	}

	@Test
	void poolThatIsFilledAlreadyCountsAsItIsMade(CapturedOutput output) {
		ThreadPoolExecutor pool = new ThreadPoolExecutor(0, 1, 1, TimeUnit.SECONDS, new ArrayBlockingQueue<>(9),
				new ThreadPoolExecutor.CallerRunsPolicy());
		pool.getQueue().add(() -> {
		});
		assertSilent(pool, output);
	}

	@Test
	void infrastructureIsNotNamed(CapturedOutput output) {
		this.contextRunner
			.withBean("reports", Executor.class, SyncTaskExecutor::new,
					(definition) -> definition.setRole(BeanDefinition.ROLE_INFRASTRUCTURE))
			.run((context) -> {
				PostPhaseThreads.of(context);
				assertThat(output).doesNotContain("'reports'");
			});
	}

	@Test
	void executorThatTurnsOutToBeTheCallerIsNamedOnce(CapturedOutput output) {
		with(Runnable::run).run((context) -> {
			assertThat(output).doesNotContain("'reports'");
			assertThat(PostPhaseThreads.of(context)).isEqualTo(Thread.currentThread());
			PostPhaseThreads.of(context);
			assertThat(output).containsOnlyOnce("The Executor bean 'reports' runs a post-phase on the request thread");
		});
	}

}
