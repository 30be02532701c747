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

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ThreadPoolExecutor;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.SyncTaskExecutor;
import org.springframework.scheduling.concurrent.ConcurrentTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * Looks at an executor of the application, on which post-phases are going to run: whether
 * it would keep the request thread, or lose what was accepted. What cannot be seen here
 * is noticed when it happens.
 */
class ExecutorInspector {

	private static final Log logger = LogFactory.getLog(ExecutorInspector.class);

	private static final String KEY = "early-response.executor.bean";

	private static final String NEXT_WAITS = ", and the next request on the connection waits for that. ";

	private static final String REMEDY = "or leave out " + KEY
			+ " and limit what runs at once by early-response.executor.max-concurrency.";

	private final String bean;

	private final int capacity;

	ExecutorInspector(String bean, int capacity) {
		this.bean = bean;
		this.capacity = capacity;
	}

	/**
	 * Inspects the executor, and what is behind it as far as that can be told.
	 * @param executor the executor
	 */
	void inspect(Executor executor) {
		Object target = AopProxyUtils.getSingletonTarget(executor);
		if (target instanceof Executor proxied) {
			inspect(proxied);
		}
		else if (executor instanceof SyncTaskExecutor) {
			warn("runs each post-phase on the request thread, after its response" + NEXT_WAITS
					+ "Name an executor that has threads, " + REMEDY);
		}
		else if (executor instanceof SimpleAsyncTaskExecutor simple) {
			inspect(simple);
		}
		else if (executor instanceof ThreadPoolTaskExecutor pool) {
			inspect(pool.getThreadPoolExecutor());
		}
		else if (executor instanceof ConcurrentTaskExecutor adapter) {
			inspect(adapter.getConcurrentExecutor());
		}
		else if (executor instanceof ThreadPoolExecutor pool) {
			inspect(pool);
		}
	}

	private void inspect(SimpleAsyncTaskExecutor executor) {
		if (executor.isThrottleActive() && executor.getConcurrencyLimit() < this.capacity) {
			warn("has a concurrency limit of " + executor.getConcurrencyLimit() + ", below the capacity of "
					+ this.capacity + " post-phases. At the limit it blocks the request thread after the response, or "
					+ "rejects the post-phase, which then runs on the request thread" + NEXT_WAITS
					+ "Remove its limit, use a ThreadPoolTaskExecutor, which has a queue, " + REMEDY);
		}
	}

	private void inspect(ThreadPoolExecutor pool) {
		RejectedExecutionHandler policy = pool.getRejectedExecutionHandler();
		long room = (long) pool.getMaximumPoolSize() + pool.getQueue().size() + pool.getQueue().remainingCapacity();
		boolean discards = policy instanceof ThreadPoolExecutor.DiscardPolicy
				|| policy instanceof ThreadPoolExecutor.DiscardOldestPolicy;
		if (discards && room < Integer.MAX_VALUE) {
			throw new InvalidConfigurationPropertyValueException(KEY, this.bean, "Its rejection policy is a "
					+ name(policy) + " and it accepts " + room
					+ " tasks: beyond that, it would silently discard post-phases that were accepted, and their "
					+ "capacity would be held until shutdown. Give it another policy, such as the default "
					+ "AbortPolicy, or a queue without a bound.");
		}
		if (room < this.capacity) {
			boolean known = policy instanceof ThreadPoolExecutor.AbortPolicy
					|| policy instanceof ThreadPoolExecutor.CallerRunsPolicy;
			warn("accepts " + room + " tasks, less than the capacity of " + this.capacity + " post-phases. " + ((known)
					? "When it is full its rejection policy, a " + name(policy)
							+ ", makes post-phases run on the request thread, after their response" + NEXT_WAITS
					: "When it is full, what its rejection policy does with more cannot be told, because it is none of the "
							+ "JDK. A post-phase that it drops without an exception keeps its place until shutdown. ")
					+ "Give it a larger queue, or let early-response.executor.max-concurrency and "
					+ "early-response.executor.queue-capacity be " + room + " together.");
		}
	}

	private static String name(RejectedExecutionHandler policy) {
		Class<?> type = policy.getClass();
		return (type.isAnonymousClass() ? type.getSuperclass() : type).getSimpleName();
	}

	private void warn(String text) {
		logger.warn("The Executor bean '" + this.bean + "' (" + KEY + ") " + text);
	}

}
