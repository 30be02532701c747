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

import java.time.Duration;
import java.util.concurrent.Executor;

import io.github.earlyresponse.memory.PostPhaseExecutor;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;

/**
 * Executes post-phases like the starter itself does, after a stop at the moment of the
 * hand-over. The engine executes on the request thread, deep inside the filter. What has
 * not been handed to the operating system by then stays here, because the thread that
 * would have to do it is kept.
 * <p>
 * Use it with {@link #PROPERTY}.
 */
public final class HandOver implements Executor, DisposableBean {

	/**
	 * Makes this the executor of the post-phases.
	 */
	public static final String PROPERTY = "early-response.executor.bean=handOver";

	/**
	 * How long a stop may take.
	 */
	public static final Duration LIMIT = Duration.ofSeconds(15);

	private final PostPhaseExecutor executor;

	private volatile Runnable stop = () -> {
	};

	public HandOver(@Value("${test.thread-kind:PLATFORM}") ThreadKind threads) {
		this.executor = threads.executor("post-phase-", 64);
		this.executor.start();
	}

	/**
	 * Sets what is done on the request thread before it hands over.
	 */
	public void stop(Runnable stop) {
		this.stop = stop;
	}

	@Override
	public void execute(Runnable task) {
		this.stop.run();
		this.executor.prepare(task).start();
	}

	@Override
	public void destroy() {
		this.executor.stop();
	}

}
