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

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.RespondThenContinue;

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
			return TEXT;
		}

		@PostPhase(value = "record-start", durable = true)
		void recordStart(String item) {
			this.started.items().add(item);
		}

	}

}
