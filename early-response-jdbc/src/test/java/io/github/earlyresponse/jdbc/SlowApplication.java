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

package io.github.earlyresponse.jdbc;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.RespondThenContinue;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * An application whose responses are longer than what the operating system keeps for a
 * client that does not read.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@Import(DurableApplication.class)
class SlowApplication {

	static final int LENGTH = 100_000;

	/** The item whose response is short, but not completed. */
	static final String HELD = "held";

	private static final String TEXT = "x".repeat(LENGTH);

	@Bean
	WebServerFactoryCustomizer<TomcatServletWebServerFactory> smallSendBuffers() {
		return (factory) -> factory
			.addConnectorCustomizers((connector) -> connector.setProperty("socket.txBufSize", "8192"));
	}

	@Bean
	Started started() {
		return new Started(new ConcurrentLinkedQueue<>());
	}

	/**
	 * Keeps the response from being complete.
	 */
	@Bean
	Filter holdingFilter(Hold hold) {
		return (request, response, chain) -> {
			chain.doFilter(request, response);
			if (((HttpServletRequest) request).getRequestURI().endsWith(HELD)) {
				hold.await();
			}
		};
	}

	@Bean
	Hold hold() {
		return new Hold(new CountDownLatch(1));
	}

	/**
	 * Until when the response is held, also if its thread is interrupted.
	 *
	 * @param latch ends it
	 */
	record Hold(CountDownLatch latch) {

		void await() {
			boolean interrupted = false;
			while (this.latch.getCount() > 0) {
				try {
					this.latch.await();
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

	/**
	 * The post-phases that have started.
	 *
	 * @param items their items
	 */
	record Started(Queue<String> items) {

	}

	@RestController
	static class Controller {

		private final Started started;

		Controller(Started started) {
			this.started = started;
		}

		@PostMapping("/slow/{item}")
		@RespondThenContinue("record-start")
		String slow(@PathVariable String item) {
			return (item.equals(HELD)) ? item : TEXT;
		}

		@PostPhase(value = "record-start", durable = true)
		void recordStart(String item) {
			this.started.items().add(item);
		}

	}

}
