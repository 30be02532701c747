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

package io.github.earlyresponse.micrometer;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.earlyresponse.PostPhaseListener;
import io.github.earlyresponse.PostPhaseRejectedException;
import io.github.earlyresponse.PostPhaseTask;
import io.github.earlyresponse.call.RetrySettings;
import io.github.earlyresponse.engine.Reservation;
import io.github.earlyresponse.engine.ReservationRequest;
import io.github.earlyresponse.engine.ResponseDelivery;
import io.github.earlyresponse.memory.MemoryEngineSettings;
import io.github.earlyresponse.memory.MemoryPostPhaseEngine;
import io.github.earlyresponse.memory.WhenSaturated;
import io.github.earlyresponse.run.PostPhaseObserver;
import io.github.earlyresponse.run.PostPhaseRunner;
import io.github.earlyresponse.run.RunnerSettings;
import io.github.earlyresponse.testsupport.Reservations;
import io.github.earlyresponse.testsupport.ThreadKind;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PostPhaseMetrics}.
 */
@ParameterizedClass
@MethodSource("io.github.earlyresponse.testsupport.ThreadKind#available")
class PostPhaseMetricsTests {

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final CountDownLatch running = new CountDownLatch(1);

	private final CountDownLatch release = new CountDownLatch(1);

	private final MemoryPostPhaseEngine engine;

	private final PostPhaseListener metrics;

	PostPhaseMetricsTests(ThreadKind kind) {
		MemoryEngineSettings settings = new MemoryEngineSettings(3, WhenSaturated.REJECT, Duration.ZERO,
				Duration.ofMillis(10));
		this.registry.config().meterFilter(new PostPhaseTimerDescriptions());
		this.engine = new MemoryPostPhaseEngine(settings, kind.executor("metrics-test-", 1), new PostPhaseRunner(
				new RunnerSettings(Duration.ZERO, RetrySettings.NONE.policy(), 0), this::listeners, this::observer));
		this.metrics = new PostPhaseMetrics(this.registry, this.engine);
		this.engine.start();
	}

	private PostPhaseObserver observer() {
		ObservationRegistry observations = ObservationRegistry.create();
		observations.observationConfig().observationHandler(new DefaultMeterObservationHandler(this.registry));
		return new PostPhaseObservations(observations, null);
	}

	private Stream<PostPhaseListener> listeners() {
		return Stream.of(this.metrics);
	}

	@AfterEach
	void stop() {
		this.release.countDown();
		this.engine.stop();
	}

	private Reservation reserve(String name) {
		return Reservations.reserve(this.engine, name);
	}

	private void submit(String name, PostPhaseTask task) {
		Reservations.start(this.engine, name, task);
	}

	private void awaitRelease() throws InterruptedException {
		this.running.countDown();
		this.release.await();
	}

	private void awaitIdle() throws InterruptedException {
		assertThat(this.engine.awaitIdle(Duration.ofSeconds(30))).isTrue();
	}

	private double count(String meter, String name) {
		return this.registry.get(meter).tag("name", name).counter().count();
	}

	private double gauge(String meter) {
		return this.registry.get(meter).gauge().value();
	}

	private Timer timer(String name, String outcome) {
		return this.registry.get("early.response.post.phase").tag("name", name).tag("outcome", outcome).timer();
	}

	@Test
	void countsAcceptedByName() {
		reserve("pack").skip(ResponseDelivery.SENT);
		reserve("pack").skip(ResponseDelivery.SENT);
		reserve("mail").skip(ResponseDelivery.SENT);
		assertThat(count("early.response.accepted", "pack")).isEqualTo(2);
		assertThat(count("early.response.accepted", "mail")).isEqualTo(1);
		assertThat(this.registry.find("early.response.rejected").meters()).isEmpty();
	}

	@Test
	void countsRejectedByName() {
		List<Reservation> all = List.of(reserve("pack"), reserve("pack"), reserve("pack"));
		assertThatExceptionOfType(PostPhaseRejectedException.class).isThrownBy(() -> reserve("mail"));
		assertThatExceptionOfType(PostPhaseRejectedException.class)
			.isThrownBy(() -> this.engine.reserve(new ReservationRequest(List.of(), 1, "Shop.order")));
		assertThat(count("early.response.rejected", "mail")).isEqualTo(1);
		assertThat(count("early.response.rejected", "Shop.order")).isEqualTo(1);
		assertThat(this.registry.find("early.response.accepted").tag("name", "mail").counter()).isNull();
		all.forEach((accepted) -> accepted.skip(ResponseDelivery.SENT));
	}

	@Test
	void timesEachOutcome() throws Exception {
		submit("completed", (context) -> {
			long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2);
			while (System.nanoTime() < end) {
				Thread.onSpinWait();
			}
		});
		awaitIdle();
		submit("failed", (context) -> {
			throw new IllegalStateException("expected");
		});
		awaitIdle();
		submit("timed-out", (context) -> {
			context.restartTimeout(Duration.ofMillis(1));
			new CountDownLatch(1).await();
		});
		awaitIdle();
		this.engine.cancel(reserve("cancelled").named(0).id());
		reserve("skipped").skip(ResponseDelivery.SENT);
		submit("abandoned", (context) -> new CountDownLatch(1).await());
		this.engine.stop();
		assertThat(timer("completed", "completed").totalTime(TimeUnit.MILLISECONDS)).isGreaterThanOrEqualTo(2);
		assertThat(timer("failed", "failed").count()).isEqualTo(1);
		assertThat(timer("timed-out", "timed_out").count()).isEqualTo(1);
		assertThat(timer("abandoned", "abandoned").count()).isEqualTo(1);
		assertThat(this.registry.find("early.response.post.phase").timers()).as("those that ran")
			.hasSize(4)
			.allSatisfy((timer) -> assertThat(timer.count()).isEqualTo(1));
		assertThat(this.registry.find("early.response.accepted").counters()).hasSize(6);
		assertThat(this.registry.find("early.response.finished").counters()).hasSize(6)
			.allSatisfy((counter) -> assertThat(counter.getId().getTag("outcome"))
				.isEqualTo(counter.getId().getTag("name").replace('-', '_')));
		assertThat(this.registry.find("early.response.post.phase.active").longTaskTimers())
			.allSatisfy((timer) -> assertThat(timer.activeTasks()).isZero());
	}

	@Test
	void gaugesFollowTheEngine() throws Exception {
		assertThat(gauge("early.response.capacity")).isEqualTo(3);
		assertThat(gauge("early.response.in.flight")).isZero();
		submit("running", (context) -> awaitRelease());
		assertThat(this.running.await(30, TimeUnit.SECONDS)).isTrue();
		submit("queued", (context) -> {
		});
		Reservation accepted = reserve("accepted");
		assertThat(gauge("early.response.in.flight")).isEqualTo(3);
		assertThat(gauge("early.response.queued")).isEqualTo(1);
		accepted.skip(ResponseDelivery.SENT);
		this.release.countDown();
		awaitIdle();
		assertThat(gauge("early.response.in.flight")).isZero();
		assertThat(gauge("early.response.queued")).isZero();
	}

	@Test
	void allMetersHaveDescriptions() throws Exception {
		submit("work", (context) -> {
		});
		awaitIdle();
		assertThat(this.registry.getMeters()).extracting(Meter::getId)
			.allSatisfy((id) -> assertThat(id.getDescription()).as(id.getName()).isNotBlank());
	}

}
