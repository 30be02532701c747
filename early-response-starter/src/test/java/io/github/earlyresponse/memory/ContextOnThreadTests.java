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

package io.github.earlyresponse.memory;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseListener;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;
import io.github.earlyresponse.testsupport.ThreadKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the context that the {@link MemoryPostPhaseEngine} puts around a post-phase.
 */
@ParameterizedClass
@MethodSource("io.github.earlyresponse.testsupport.ThreadKind#available")
@ExtendWith(OutputCaptureExtension.class)
class ContextOnThreadTests {

	private final List<String> events = Collections.synchronizedList(new ArrayList<>());

	private final EngineFixture fixture;

	ContextOnThreadTests(ThreadKind kind) {
		this.fixture = EngineFixture.with(kind, 1).listeners(new PostPhaseListener() {

			@Override
			public void started(PostPhaseExecution postPhase) {
				note("started");
			}

			@Override
			public void finished(PostPhaseResult result) {
				note("finished");
			}

		}).start();
	}

	@AfterEach
	void balances() {
		this.fixture.close();
	}

	private void note(String event) {
		this.events.add(event);
	}

	private ContextCarrier.Context context() {
		return () -> {
			Thread openedOn = Thread.currentThread();
			note("open");
			return () -> note((Thread.currentThread() == openedOn) ? "close" : "close on another thread");
		};
	}

	@Test
	void contextIsAroundWorkAndListeners() {
		PostPhaseExecution accepted = this.fixture.accept("work");
		this.fixture.submit(accepted, (context) -> note("work"), context());
		this.fixture.awaitIdle();
		assertThat(this.events).containsExactly("open", "started", "work", "finished", "close");
	}

	@Test
	void contextIsTakenOffAlsoWhenWorkFails() {
		PostPhaseExecution accepted = this.fixture.accept("work");
		this.fixture.submit(accepted, (context) -> {
			throw new StackOverflowError("expected");
		}, context());
		this.fixture.awaitIdle();
		assertThat(this.events).containsExactly("open", "started", "finished", "close");
	}

	@Test
	void contextIsNotPutOnForWhatIsSkippedOrCancelled() {
		this.fixture.skip(this.fixture.accept("skipped"));
		PostPhaseExecution cancelled = this.fixture.accept("cancelled");
		this.fixture.engine.cancel(cancelled.id());
		this.fixture.submit(cancelled, (context) -> note("work"), context());
		assertThat(this.events).containsExactly("finished", "finished");
	}

	@Test
	void failsWithoutWorkWhenContextCannotBePutOn(CapturedOutput output) {
		IllegalStateException failure = new IllegalStateException("no tenant");
		PostPhaseExecution accepted = this.fixture.accept("work");
		this.fixture.submit(accepted, (context) -> note("work"), () -> {
			throw failure;
		});
		PostPhaseResult result = this.fixture.result(accepted);
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.FAILED);
		assertThat(result.failure()).isSameAs(failure);
		assertThat(this.events).containsExactly("finished");
		assertThat(output).containsOnlyOnce("Post-phase 'work' (" + accepted.id() + ") failed");
	}

	@Test
	void contextThatCannotBeTakenOffIsLoggedAndOutcomeStays(CapturedOutput output) {
		PostPhaseExecution accepted = this.fixture.accept("work");
		this.fixture.submit(accepted, (context) -> note("work"), () -> () -> {
			throw new AssertionError("stuck");
		});
		assertThat(this.fixture.result(accepted).outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		assertThat(output).contains("The context of a post-phase could not be removed from its thread")
			.contains("stuck");
		assertThat(this.fixture.run("next", (context) -> {
		}).outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
	}

	@Test
	void nextOneFindsItsThreadAsIfNobodyHadUsedIt() {
		List<String> names = Collections.synchronizedList(new ArrayList<>());
		ClassLoader classLoader = getClass().getClassLoader();
		this.fixture.run("first", (context) -> {
			Thread thread = Thread.currentThread();
			names.add(thread.getName());
			thread.setName("of the first");
			thread.setContextClassLoader(new URLClassLoader(new URL[0], classLoader));
			thread.setPriority(Thread.MIN_PRIORITY);
			thread.setUncaughtExceptionHandler((other, ex) -> {
			});
			thread.interrupt();
		});
		PostPhaseResult result = this.fixture.run("next", (context) -> {
			Thread thread = Thread.currentThread();
			names.add(thread.getName());
			assertThat(thread.getContextClassLoader()).isNotInstanceOf(URLClassLoader.class);
			assertThat(thread.getPriority()).isEqualTo(Thread.NORM_PRIORITY);
			assertThat(thread.getUncaughtExceptionHandler()).isSameAs(thread.getThreadGroup());
			assertThat(thread.isInterrupted()).isFalse();
		});
		assertThat(result.failure()).isNull();
		assertThat(names).allMatch((name) -> name.startsWith(EngineFixture.PREFIX));
	}

}
