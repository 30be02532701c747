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
import java.io.UncheckedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.web.CompletingFilter;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import jakarta.servlet.ServletException;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/**
 * Requests, without HTTP, to handlers that insert a row in a transaction on PostgreSQL,
 * with or without a durable post-phase.
 */
final class DurableRequests implements AutoCloseable {

	private final EmbeddedPostgres postgres;

	private final ConfigurableApplicationContext context;

	private final CompletingFilter filter = new CompletingFilter(() -> false);

	private final MockHttpServletResponse response = new ReusedResponse();

	private final Dispatch plain;

	private final Dispatch durable;

	private final StoredEnds ends;

	/**
	 * Starts the database and the application.
	 * @param properties further properties of the application
	 */
	DurableRequests(String... properties) {
		try {
			this.postgres = EmbeddedPostgres.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.context = new SpringApplicationBuilder(DurablePathApplication.class)
			.properties("server.port=0", "logging.level.root=warn", "spring.main.banner-mode=off",
					"spring.datasource.url=" + this.postgres.getJdbcUrl("postgres", "postgres"),
					"spring.datasource.hikari.maximum-pool-size=24", "early-response.durable.engine=jdbc",
					"early-response.jdbc.initialize-schema=always", "early-response.executor.queue-capacity=20000")
			.run(properties);
		this.plain = Dispatch.inserting(false, this.context);
		this.durable = Dispatch.inserting(true, this.context);
		this.ends = this.context.getBean(StoredEnds.class);
	}

	/**
	 * Starts them so that little else runs.
	 * @param properties further properties of the application
	 */
	static DurableRequests quiet(String... properties) {
		return new DurableRequests(
				Stream
					.concat(Stream.of("--early-response.executor.max-concurrency=8",
							"--early-response.jdbc.heartbeat=10s", "--early-response.jdbc.takeover-after=40s",
							"--early-response.jdbc.poll-interval=40s", "--early-response.jdbc.count-interval=1h"),
							Stream.of(properties))
					.toArray(String[]::new));
	}

	/**
	 * Sends plain requests.
	 */
	void plain(int number) throws IOException, ServletException {
		send(this.plain, number);
	}

	/**
	 * Sends requests with a durable post-phase, and does not wait for them.
	 */
	void durable(int number) throws IOException, ServletException {
		this.ends.expect(number);
		send(this.durable, number);
	}

	private void send(Dispatch dispatch, int number) throws IOException, ServletException {
		for (int i = 0; i < number; i++) {
			this.response.reset();
			this.filter.doFilter(new MockHttpServletRequest(), this.response, dispatch);
		}
	}

	/**
	 * Waits until all the post-phases have ended and their rows are deleted.
	 */
	void await() throws InterruptedException {
		this.ends.await();
	}

	/**
	 * Sets what post-phases wait for.
	 */
	void holdUntil(CountDownLatch latch) {
		this.context.getBean(DurableController.class).work(() -> {
			try {
				latch.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
	}

	PostPhaseOperations operations() {
		return this.context.getBean(PostPhaseOperations.class);
	}

	StatementCounter statements() {
		return this.context.getBean(StatementCounter.class);
	}

	@Override
	public void close() {
		this.context.close();
		try {
			this.postgres.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
