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

package io.github.earlyresponse.status;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.PostPhaseOutcome;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.web.servlet.function.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.anyCollection;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link EventStreams}.
 */
class EventStreamsTests {

	private static final int AT_MOST = 5;

	private final Map<String, PostPhaseExecution> inFlight = new ConcurrentHashMap<>();

	private final AtomicInteger found = new AtomicInteger();

	/** What a look at a post-phase does first. */
	private volatile Consumer<String> look = (id) -> {
	};

	/** What happens when those that are stored are read. */
	private volatile ThrowingRunnable durable = () -> {
	};

	private EventStreams streams = streams(Duration.ofMillis(5));

	private EventStreams streams(Duration interval) {
		PostPhaseOperations operations = mock(PostPhaseOperations.class);
		given(operations.find(anyString())).willAnswer((invocation) -> {
			String id = invocation.getArgument(0);
			this.found.incrementAndGet();
			this.look.accept(id);
			return this.inFlight.get(id);
		});
		given(operations.findDurable(anyCollection())).willAnswer((invocation) -> {
			this.durable.run();
			return Map.of();
		});
		Duration any = Duration.ofHours(1);
		StatusSettings settings = new StatusSettings("/post-phases", any, 10, false, false, any, any, interval, any,
				AT_MOST);
		EventStreams streams = new EventStreams(settings, new StatusStore(settings, operations));
		streams.start();
		return streams;
	}

	@AfterEach
	void close() {
		this.look = (id) -> {
		};
		this.streams.stop();
		assertThat(open()).as("streams that are open").isZero();
		assertThat(room()).as("room for streams").isEqualTo(AT_MOST);
	}

	private void run(String id) {
		PostPhaseExecution postPhase = mock(PostPhaseExecution.class);
		given(postPhase.id()).willReturn(id);
		given(postPhase.name()).willReturn("work");
		given(postPhase.state()).willReturn(PostPhaseExecution.State.RUNNING);
		given(postPhase.acceptedAt()).willReturn(Instant.EPOCH);
		given(postPhase.delivery()).willReturn(Delivery.SENT);
		this.inFlight.put(id, postPhase);
	}

	private void finish(String id) {
		this.inFlight.put(id, new FinishedPostPhase(id, "work", Instant.EPOCH, null, null, Instant.EPOCH, 1,
				Delivery.SENT, null, null, false, PostPhaseOutcome.COMPLETED, null));
	}

	private int open() {
		return ((Set<?>) ReflectionTestUtils.getField(this.streams, "streams")).size();
	}

	private int room() {
		return ((Semaphore) ReflectionTestUtils.getField(this.streams, "room")).availablePermits();
	}

	private ScheduledThreadPoolExecutor clock() {
		return (ScheduledThreadPoolExecutor) ReflectionTestUtils.getField(this.streams, "clock");
	}

	/**
	 * The request thread: until it has left, the container does not call the stream.
	 */
	private TestContainer request(String id) throws Exception {
		TestContainer container = new TestContainer();
		request(id, container);
		return container;
	}

	private void request(String id, TestContainer container) throws Exception {
		ServerResponse response = this.streams.open(this.inFlight.get(id),
				List.of(new JacksonJsonHttpMessageConverter()));
		assertThat(response).isNotNull();
		HttpServletRequest request = new MockHttpServletRequest() {

			@Override
			public AsyncContext startAsync(ServletRequest request, @Nullable ServletResponse response) {
				return container.context;
			}

		};
		response.writeTo(request, new HttpServletResponseWrapper(new MockHttpServletResponse()) {

			@Override
			public ServletOutputStream getOutputStream() {
				return container;
			}

		}, mock(ServerResponse.Context.class));
	}

	private TestContainer watch(String id) throws Exception {
		TestContainer container = request(id);
		container.listener().onWritePossible();
		return container;
	}

	@Test
	void changesAreWrittenByTheClock() throws Exception {
		run("id");
		TestContainer first = watch("id");
		TestContainer second = watch("id");
		assertThat(first.body()).contains("running").doesNotContain("finished");
		finish("id");
		await().until(() -> first.isCompleted() && second.isCompleted());
		assertThat(first.body()).contains("event: finished");
		assertThat(second.body()).isEqualTo(first.body());
	}

	@Test
	void noneIsOpenedWithoutRoomOrAfterTheStop() throws Exception {
		run("id");
		for (int i = 0; i < AT_MOST; i++) {
			watch("id");
		}
		assertThat(this.streams.open(this.inFlight.get("id"), List.of())).isNull();
		this.streams.stop();
		assertThat(this.streams.open(this.inFlight.get("id"), List.of())).isNull();
	}

	@Test
	void streamWhoseRequestLeavesAfterTheStopIsEnded() throws Exception {
		run("id");
		TestContainer container = request("id");
		this.streams.stop();
		assertThat(room()).isEqualTo(AT_MOST - 1);
		container.listener().onWritePossible();
		assertThat(container.isCompleted()).isTrue();
	}

	@Test
	void streamThatIsLostBeforeItIsOpenedLeavesNothing() throws Exception {
		run("id");
		TestContainer container = request("id");
		container.end((EventStream) container.listener());
		container.listener().onWritePossible();
		assertThat(room()).isEqualTo(AT_MOST);
		assertThat(container.mistakes()).isEmpty();
	}

	@Test
	void requestThatCannotBeWatchedLeavesNothing() {
		run("id");
		TestContainer container = new TestContainer();
		container.context.refuseListeners();
		assertThatException().isThrownBy(() -> request("id", container))
			.withRootCauseInstanceOf(IllegalStateException.class);
		assertThat(room()).isEqualTo(AT_MOST);
	}

	@Test
	void errorInOneStreamHarmsNoOther() throws Exception {
		List<TestContainer> bad = new ArrayList<>();
		List<TestContainer> good = new ArrayList<>();
		run("bad");
		run("good");
		for (int i = 0; i < 2; i++) {
			bad.add(watch("bad"));
			good.add(watch("good"));
		}
		this.look = (id) -> {
			if (id.equals("bad")) {
				throw new StackOverflowError("expected");
			}
		};
		finish("good");
		await().until(() -> good.stream().allMatch(TestContainer::isCompleted));
		await().until(() -> bad.stream().allMatch(TestContainer::isCompleted));
	}

	@Test
	void postPhaseIsLookedAtOnceInATickHoweverManyWatchIt() throws Exception {
		run("id");
		Held held = new Held();
		this.look = held;
		watch("id");
		held.awaitTick();
		for (int i = 1; i < AT_MOST; i++) {
			watch("id");
		}
		int before = this.found.get();
		Held next = new Held();
		this.look = next;
		held.goOn.countDown();
		next.awaitTick();
		assertThat(this.found.get() - before).as("only the one of the next tick").isOne();
		next.goOn.countDown();
	}

	@Test
	void databaseThatHangsKeepsNoOtherStreamWaiting() throws Exception {
		run("id");
		PostPhaseExecution durable = mock(PostPhaseExecution.class);
		given(durable.id()).willReturn("durable");
		given(durable.name()).willReturn("work");
		given(durable.state()).willReturn(PostPhaseExecution.State.RUNNING);
		given(durable.acceptedAt()).willReturn(Instant.EPOCH);
		given(durable.delivery()).willReturn(Delivery.SENT);
		given(durable.durable()).willReturn(true);
		this.inFlight.put("durable", durable);
		CountDownLatch asked = new CountDownLatch(1);
		CountDownLatch answer = new CountDownLatch(1);
		this.durable = () -> {
			asked.countDown();
			answer.await();
		};
		TestContainer hanging = watch("durable");
		TestContainer other = watch("id");
		assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
		finish("id");
		await().until(other::isCompleted);
		assertThat(hanging.body()).contains("running");
		assertThat(hanging.isCompleted()).isFalse();
		answer.countDown();
		// It is not stored
		await().until(hanging::isCompleted);
	}

	@Test
	void restartDuringATickDoesNotDoubleTheTicks() throws Exception {
		run("id");
		Held held = new Held();
		this.look = held;
		watch("id");
		held.awaitTick();
		ScheduledThreadPoolExecutor before = clock();
		this.streams.stop();
		this.streams.start();
		Held next = new Held();
		watch("id");
		this.look = next;
		held.goOn.countDown();
		assertThat(before.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
		next.awaitTick();
		assertThat(clock().getQueue()).as("ticks besides the one that runs").isEmpty();
		next.goOn.countDown();
	}

	@FunctionalInterface
	private interface ThrowingRunnable {

		void run() throws Exception;

	}

	/**
	 * Holds the thread of the clock when it looks at a post-phase.
	 */
	private static final class Held implements Consumer<String> {

		private final CountDownLatch held = new CountDownLatch(1);

		private final CountDownLatch goOn = new CountDownLatch(1);

		@Override
		public void accept(String id) {
			if (Thread.currentThread().getName().startsWith("post-phase-events-")) {
				this.held.countDown();
				boolean interrupted = false;
				while (this.goOn.getCount() > 0) {
					try {
						this.goOn.await();
					}
					catch (InterruptedException ex) {
						interrupted = true;
					}
				}
				if (interrupted) {
					Thread.currentThread().interrupt();
				}
			}
		}

		void awaitTick() throws InterruptedException {
			assertThat(this.held.await(30, TimeUnit.SECONDS)).isTrue();
		}

	}

}
