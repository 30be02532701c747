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

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.RunningServer.PermitAll;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

import static org.awaitility.Awaitility.await;

/**
 * The application that {@link ShutdownTests} terminates.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({ ShutdownApplication.Handlers.class, ShutdownApplication.Store.class, PermitAll.class })
public class ShutdownApplication {

	static final String READY = "listening on ";

	public static void main(String[] args) {
		ConfigurableApplicationContext context = SpringApplication.run(ShutdownApplication.class, args);
		context.getBean(JdbcTemplate.class).execute("create table rows (name varchar(50))");
		System.out.println(READY + context.getEnvironment().getProperty("local.server.port"));
	}

	@RestController
	static class Handlers {

		@GetMapping("/store/{name}")
		@RespondThenContinue("store")
		String store(@PathVariable String name, int millis) {
			return "stored soon";
		}

		@GetMapping("/slowly/{name}")
		@RespondThenContinue("store")
		String slowly(@PathVariable String name, int millis, HttpServletRequest request) {
			System.out.println("in the handler");
			await().atMost(Duration.ofSeconds(30)).until(() -> isRefused(request.getLocalPort()));
			return "stored soon";
		}

		private static boolean isRefused(int port) throws IOException {
			try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
				return false;
			}
			catch (ConnectException ex) {
				return true;
			}
		}

	}

	static class Store {

		private final JdbcTemplate jdbc;

		Store(JdbcTemplate jdbc) {
			this.jdbc = jdbc;
		}

		@PostPhase
		void store(String name, int millis) throws InterruptedException {
			System.out.println("started " + name);
			try {
				Thread.sleep(millis);
				this.jdbc.update("insert into rows values (?)", name);
			}
			catch (InterruptedException ex) {
				this.jdbc.update("insert into rows values (?)", "interrupted " + name);
				throw ex;
			}
		}

	}

}
