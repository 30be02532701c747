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

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseListener;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseRejectedException;
import io.github.earlyresponse.PostPhaseResult;
import io.github.earlyresponse.call.RetrySettings;
import io.github.earlyresponse.run.PostPhaseObserver;
import io.github.earlyresponse.run.PostPhaseRunner;
import io.github.earlyresponse.run.RunnerSettings;
import io.github.earlyresponse.testsupport.HarmfulFailures.Unspeakable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for listeners that fail.
 */
@ExtendWith(OutputCaptureExtension.class)
class ListenerIsolationTests {

	static List<Throwable> failures() {
		return List.of(new IllegalStateException("expected"), new AssertionError("expected"),
				new StackOverflowError("expected"), new Unspeakable());
	}

	@ParameterizedTest
	@MethodSource("failures")
	void listenerThatThrowsHarmsNobody(Throwable failure, CapturedOutput output) {
		ThrowingListener throwing = new ThrowingListener(failure);
		try (EngineFixture fixture = EngineFixture.inline().capacity(1).listeners(throwing).start()) {
			PostPhaseExecution accepted = fixture.accept("work");
			assertThatExceptionOfType(PostPhaseRejectedException.class).isThrownBy(() -> fixture.accept("rejected"));
			fixture.submit(accepted, (context) -> {
			});
			assertThat(fixture.told(accepted).outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
			assertThat(fixture.told(accepted).failure()).isNull();
			assertThat(fixture.listener.started()).containsExactly("work");
			assertThat(fixture.listener.rejected()).containsExactly("rejected");
			assertThat(throwing.calls).hasValue(4);
			assertThat(output).contains("PostPhaseListener " + ThrowingListener.class.getName() + " failed");
		}
	}

	@Test
	void listenersAreToldInTheirOrder() {
		StringBuilder order = new StringBuilder();
		PostPhaseListener first = new NamedListener("first", order);
		PostPhaseListener second = new NamedListener("second", order);
		try (EngineFixture fixture = EngineFixture.inline().listeners(first, second).start()) {
			fixture.run("work", (context) -> order.append("work "));
			assertThat(order).hasToString("first-started second-started work first-finished second-finished ");
		}
	}

	@Test
	void listenerThatCannotBeMadeStopsTheStart() {
		MemoryEngineSettings settings = new MemoryEngineSettings(2, WhenSaturated.REJECT, EngineFixture.LONG,
				Duration.ZERO);
		RunnerSettings run = new RunnerSettings(Duration.ZERO, RetrySettings.NONE.policy(), 0);
		PostPhaseRunner runner = new PostPhaseRunner(run, () -> {
			throw new BeanCreationException("expected");
		}, PostPhaseObserver::none);
		MemoryPostPhaseEngine engine = new MemoryPostPhaseEngine(settings, PostPhaseExecutors.of(Runnable::run),
				runner);
		assertThatExceptionOfType(BeanCreationException.class).isThrownBy(engine::start);
		assertThat(engine.isRunning()).isFalse();
	}

	@SuppressWarnings("unchecked")
	private static <E extends Throwable> void sneakyThrow(Throwable failure) throws E {
		throw (E) failure;
	}

	private static final class ThrowingListener implements PostPhaseListener {

		private final AtomicInteger calls = new AtomicInteger();

		private final Throwable failure;

		private ThrowingListener(Throwable failure) {
			this.failure = failure;
		}

		@Override
		public void accepted(PostPhaseExecution postPhase) {
			fail();
		}

		@Override
		public void rejected(String name) {
			fail();
		}

		@Override
		public void started(PostPhaseExecution postPhase) {
			fail();
		}

		@Override
		public void finished(PostPhaseResult result) {
			fail();
		}

		private void fail() {
			this.calls.incrementAndGet();
			ListenerIsolationTests.<RuntimeException>sneakyThrow(this.failure);
		}

	}

	private record NamedListener(String name, StringBuilder order) implements PostPhaseListener {

		@Override
		public void started(PostPhaseExecution postPhase) {
			this.order.append(this.name).append("-started ");
		}

		@Override
		public void finished(PostPhaseResult result) {
			this.order.append(this.name).append("-finished ");
		}

	}

}
