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

import java.util.Locale;
import java.util.concurrent.TimeUnit;

import io.github.earlyresponse.web.CompletingFilter;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import jakarta.servlet.FilterChain;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.slf4j.MDC;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;

/**
 * One request after the other, each going on with its work, until all work is done.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 10, time = 1)
@Measurement(iterations = 6, time = 1)
@Fork(value = 1, jvmArgs = { "-Xms1g", "-Xmx1g" })
public class PathBenchmark {

	static final int PLATFORM_THREADS = 8;

	private static final int REQUESTS = 200;

	/** How the handler goes on. */
	@Param
	public Way way;

	/** Where its work runs. */
	@Param
	public Threads threads;

	/** How much work there is for each request. */
	@Param({ "0", "1", "3" })
	public int postPhases;

	private ConfigurableApplicationContext context;

	private PathWork work;

	private CompletingFilter filter;

	private FilterChain chain;

	private Observation.Scope observation;

	private final MockHttpServletResponse response = new ReusedResponse();

	/**
	 * Starts the application, and puts the context of a request on the thread.
	 */
	@Setup(Level.Trial)
	public void start() {
		this.context = new SpringApplicationBuilder(PathApplication.class).properties(this.way.properties())
			.properties(this.threads.properties())
			.run("--benchmark.threads=" + this.threads, "--server.port=0", "--logging.level.root=warn",
					"--spring.main.banner-mode=off", "--early-response.executor.queue-capacity=10000",
					"--spring.task.execution.pool.core-size=" + PLATFORM_THREADS,
					"--early-response.executor.max-concurrency="
							+ ((this.threads == Threads.PLATFORM) ? PLATFORM_THREADS : 1000));
		this.work = this.context.getBean(PathWork.class);
		this.filter = new CompletingFilter(() -> false);
		this.chain = Dispatch.of(this.way, this.postPhases, this.context);
		SecurityContextHolder
			.setContext(new SecurityContextImpl(new TestingAuthenticationToken("ada", null, "customer")));
		MDC.put("correlation", "4711");
		LocaleContextHolder.setLocale(Locale.ENGLISH);
		this.observation = Observation.start("http.server.requests", this.context.getBean(ObservationRegistry.class))
			.openScope();
	}

	/**
	 * Takes all of that away.
	 */
	@TearDown(Level.Trial)
	public void stop() {
		this.observation.close();
		this.context.close();
	}

	/**
	 * Requests until all their work is done; what is reported is for one request.
	 * @throws Exception if one of them fails
	 */
	@Benchmark
	@OperationsPerInvocation(REQUESTS)
	public void request() throws Exception {
		this.work.expect(REQUESTS * this.postPhases);
		for (int i = 0; i < REQUESTS; i++) {
			this.response.reset();
			this.filter.doFilter(new MockHttpServletRequest(), this.response, this.chain);
		}
		this.work.await();
	}

}
