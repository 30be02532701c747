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

import java.io.IOException;
import java.util.concurrent.TimeUnit;

import io.github.earlyresponse.web.CompletingFilter;
import io.github.earlyresponse.web.ExchangeListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequestEvent;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockServletContext;

/**
 * What a request costs whose handler is not annotated: the filter and the listener do
 * little more than to look.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class UntouchedHandlerBenchmark {

	private static final byte[] BODY = { '4', '2' };

	private final MockServletContext servletContext = new MockServletContext();

	private final MockHttpServletResponse response = new ReusedResponse();

	private final CompletingFilter filter = new CompletingFilter(() -> false);

	private final ExchangeListener listener = new ExchangeListener();

	private final FilterChain chain = (request, response) -> response.getOutputStream().write(BODY);

	/**
	 * Without the starter.
	 */
	@Benchmark
	public void without() throws IOException, ServletException {
		this.response.reset();
		this.chain.doFilter(new MockHttpServletRequest(this.servletContext), this.response);
	}

	/**
	 * With the starter.
	 */
	@Benchmark
	public void with() throws IOException, ServletException {
		this.response.reset();
		MockHttpServletRequest request = new MockHttpServletRequest(this.servletContext);
		ServletRequestEvent event = new ServletRequestEvent(this.servletContext, request);
		this.listener.requestInitialized(event);
		this.filter.doFilter(request, this.response, this.chain);
		this.listener.requestDestroyed(event);
	}

}
