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

package io.github.earlyresponse.benchmarks.application;

import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.task.TaskDecorator;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;

/**
 * The least that somebody has to write who wants what the library promises without it:
 * capacity is reserved before the response, the work begins when the response is
 * complete, has the context of the request, and is counted and timed.
 */
@Component
class ByHand {

	private static final String AFTER_RESPONSE = ByHand.class.getName();

	private static final int CAPACITY = 10_000;

	private final Work work;

	private final Executor executor;

	/** For handlers that respond in mid-method, of which any number may be running. */
	private final Executor handlers;

	private final Semaphore places;

	private final Semaphore capacity = new Semaphore(CAPACITY);

	private final TaskDecorator context;

	private final Counter accepted;

	private final LongTaskTimer active;

	private final Timer timer;

	ByHand(Work work, BareExecution bareExecution, ObjectProvider<TaskDecorator> context, MeterRegistry meters,
			@Value("${spring.threads.virtual.enabled:false}") boolean virtual) {
		this.work = work;
		this.executor = bareExecution.executor();
		this.handlers = (virtual) ? this.executor : Executors.newCachedThreadPool((task) -> {
			Thread thread = new Thread(task);
			thread.setDaemon(true);
			return thread;
		});
		this.places = new Semaphore((virtual) ? CAPACITY : BareExecution.PLATFORM_THREADS);
		this.context = context.getIfAvailable(() -> (task) -> task);
		this.accepted = meters.counter("by.hand.accepted");
		this.active = meters.more().longTaskTimer("by.hand.active");
		this.timer = meters.timer("by.hand");
	}

	/**
	 * Starts the work when the response is complete.
	 */
	void afterResponse(HttpServletRequest request, Answer answer) {
		accept();
		Runnable task = this.context.decorate(() -> perform(answer));
		request.setAttribute(AFTER_RESPONSE, (Runnable) () -> this.executor.execute(task));
	}

	/**
	 * Goes on, in the middle of a method, when the response is complete. The method runs
	 * on a thread of its own, because the thread of the request has to send the response.
	 * Nobody can tell whether the rest of it needs the request, so it is copied.
	 */
	Answer inMidMethod(HttpServletRequest request) {
		accept();
		Rest rest = Rest.of(Answer.ACCEPTED, request);
		CompletableFuture<Answer> sent = new CompletableFuture<>();
		CompletableFuture<Void> complete = new CompletableFuture<>();
		request.setAttribute(AFTER_RESPONSE, (Runnable) () -> complete.complete(null));
		this.handlers.execute(this.context.decorate(() -> {
			sent.complete(rest.answer());
			complete.join();
			this.places.acquireUninterruptibly();
			try {
				perform(rest.answer());
			}
			finally {
				this.places.release();
			}
		}));
		return sent.join();
	}

	private void accept() {
		if (!this.capacity.tryAcquire()) {
			throw new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE);
		}
		this.accepted.increment();
	}

	private void perform(Answer answer) {
		LongTaskTimer.Sample active = this.active.start();
		long start = System.nanoTime();
		try {
			this.work.perform(answer);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.timer.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
			active.stop();
			this.capacity.release();
		}
	}

	/**
	 * What the rest of a method needs: any of it may ask for the request, which has ended
	 * by then.
	 */
	private record Rest(Answer answer, String method, String uri, Map<String, List<String>> headers,
			Map<String, String[]> parameters) {

		static Rest of(Answer answer, HttpServletRequest request) {
			Map<String, List<String>> headers = new LinkedHashMap<>();
			for (Enumeration<String> names = request.getHeaderNames(); names.hasMoreElements();) {
				String name = names.nextElement();
				headers.put(name, Collections.list(request.getHeaders(name)));
			}
			return new Rest(answer, request.getMethod(), request.getRequestURI(), headers,
					Map.copyOf(request.getParameterMap()));
		}

	}

	/**
	 * Completes responses.
	 */
	@Configuration(proxyBeanMethods = false)
	static class FilterConfiguration {

		@Bean
		FilterRegistrationBean<Filter> byHandFilter() {
			FilterRegistrationBean<Filter> filter = new FilterRegistrationBean<>((request, response, chain) -> {
				chain.doFilter(request, response);
				if (request.getAttribute(AFTER_RESPONSE) instanceof Runnable next) {
					response.getOutputStream().close();
					next.run();
				}
			});
			filter.addUrlPatterns("/by-hand", "/imperative-by-hand");
			filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
			return filter;
		}

	}

}
