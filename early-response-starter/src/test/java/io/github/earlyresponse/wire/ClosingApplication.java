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

package io.github.earlyresponse.wire;

import java.util.concurrent.CountDownLatch;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RunningServer.PermitAll;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * An application that is closed while a post-phase runs that ignores its interrupt, and
 * then ends its main thread.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({ ClosingApplication.Handler.class, ClosingApplication.Work.class, PermitAll.class })
public class ClosingApplication {

	static final String CLOSED = "closed";

	public static void main(String[] args) throws Exception {
		ConfigurableApplicationContext context = SpringApplication.run(ClosingApplication.class, args);
		try (RawHttpClient client = new RawHttpClient(
				context.getEnvironment().getRequiredProperty("local.server.port", Integer.class))) {
			client.get("/go");
		}
		context.getBean(Work.class).started.await();
		context.close();
		System.out.println(CLOSED);
	}

	@RestController
	static class Handler {

		@GetMapping("/go")
		@RespondThenContinue("work")
		String go() {
			return "gone";
		}

	}

	static class Work {

		final CountDownLatch started = new CountDownLatch(1);

		@PostPhase
		void work() {
			this.started.countDown();
			while (true) {
				try {
					new CountDownLatch(1).await();
				}
				catch (InterruptedException ex) {
					// Never ends
				}
			}
		}

	}

}
