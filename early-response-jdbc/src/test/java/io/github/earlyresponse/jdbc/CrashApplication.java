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

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseListener;
import io.github.earlyresponse.PostPhaseResult;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.Retry;
import io.github.earlyresponse.web.response.PostPhaseAnnouncer;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * An application whose process can die at a certain point. It ends with the process that
 * has started it.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@Import({ DurableApplication.class, Mailing.class, SmtpMailing.class })
public class CrashApplication {

	/** How long it takes, longer than a node may be silent. */
	static final Duration LATE = Duration.ofSeconds(2);

	static final String STARTED = "Listening on port ";

	/**
	 * Starts it in a process of its own.
	 */
	public static void main(String[] properties) {
		run(CrashApplication.class, properties);
	}

	/**
	 * Starts an application that ends with the process that has started it.
	 */
	static void run(Class<?> application, String[] properties) {
		Thread parent = new Thread(CrashApplication::endWithParent, "parent");
		parent.setDaemon(true);
		parent.start();
		ConfigurableApplicationContext context = DurableApplication.start(application, List.of(properties));
		System.out.println(STARTED + context.getEnvironment().getRequiredProperty("local.server.port"));
	}

	static ConfigurableApplicationContext start(List<String> properties, String... further) {
		return DurableApplication.start(CrashApplication.class, properties, further);
	}

	private static void endWithParent() {
		try {
			while (System.in.read() >= 0) {
				continue;
			}
		}
		catch (IOException ex) {
			// It has ended
		}
		Runtime.getRuntime().halt(2);
	}

	@Bean
	Crash crash(Environment environment) {
		return new Crash(environment.getProperty("crash", CrashPoint.class, CrashPoint.NOWHERE));
	}

	/**
	 * Tells clients of requests that can be repeated the ids of their post-phases.
	 */
	@Bean
	PostPhaseAnnouncer announcer(Crash crash) {
		return (request) -> new PostPhaseAnnouncer.Announcement() {

			@Override
			public String owner() {
				return null;
			}

			@Override
			public void announce(HttpServletResponse response, List<String> postPhases) {
				if (request.getHeader("Idempotency-Key") != null) {
					crash.at(CrashPoint.IN_RESPONSE);
					response.setHeader("Post-Phase-Id", String.join(",", postPhases));
				}
			}

		};
	}

	@Bean
	Effects effects(JdbcClient jdbc) {
		return new Effects(jdbc);
	}

	/**
	 * Where a process dies.
	 */
	enum CrashPoint {

		NOWHERE, AFTER_INSERT, AFTER_COMMIT, IN_RESPONSE, BEFORE_START, IN_WORK, BEFORE_COMMIT_OF_WORK,
		AFTER_COMMIT_OF_WORK, BEFORE_DELETE, IN_POISON

	}

	/**
	 * Dies at one point, and not at the others.
	 */
	static class Crash implements PostPhaseListener {

		static final int EXIT_CODE = 9;

		private final CrashPoint point;

		Crash(CrashPoint point) {
			this.point = point;
		}

		void at(CrashPoint point) {
			if (point == this.point) {
				Runtime.getRuntime().halt(EXIT_CODE);
			}
		}

		void inTransaction(CrashPoint beforeCommit, CrashPoint afterCommit) {
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

				@Override
				public void beforeCommit(boolean readOnly) {
					at(beforeCommit);
				}

				@Override
				public void afterCommit() {
					at(afterCommit);
				}

			});
		}

		@Override
		public void started(PostPhaseExecution postPhase) {
			at(CrashPoint.BEFORE_START);
		}

		@Override
		public void finished(PostPhaseResult result) {
			if (result.postPhase().name().equals("effect")) {
				at(CrashPoint.BEFORE_DELETE);
			}
		}

	}

	@RestController
	static class Controller {

		private final DurableApplication.Tables tables;

		private final Crash crash;

		Controller(DurableApplication.Tables tables, Crash crash) {
			this.tables = tables;
			this.crash = crash;
		}

		@PostMapping("/crash/{item}")
		@Transactional
		@RespondThenContinue({ "effect", "effect-once" })
		Body crash(@PathVariable String item, @RequestParam(defaultValue = "false") boolean fail) {
			this.tables.insertOrder(item);
			if (fail) {
				throw new IllegalStateException("wanted");
			}
			this.crash.inTransaction(CrashPoint.AFTER_INSERT, CrashPoint.AFTER_COMMIT);
			return new Body("x".repeat(100_000), new Tail(this.crash));
		}

		@PostMapping("/repeatable/{item}")
		@Transactional
		@RespondThenContinue(then = { "effect", "effect-once" }, idempotent = true)
		Receipt repeatable(@PathVariable String item) {
			this.tables.insertOrder(item);
			this.crash.inTransaction(CrashPoint.AFTER_INSERT, CrashPoint.AFTER_COMMIT);
			return new Receipt(UUID.randomUUID());
		}

		@PostMapping("/late/{item}")
		@RespondThenContinue("late")
		void late(@PathVariable String item) {
		}

		@PostMapping("/poison/{item}")
		@RespondThenContinue({ "poison", "effect-once" })
		void poison(@PathVariable String item) {
		}

	}

	@Component
	public static class Work {

		private final Effects effects;

		private final Crash crash;

		Work(Effects effects, Crash crash) {
			this.effects = effects;
			this.crash = crash;
		}

		@PostPhase(value = "effect", durable = true)
		void effect(String item) {
			this.effects.insert("effects_at_least_once", item);
		}

		@PostPhase(value = "effect-once", durable = true)
		@Transactional
		void effectOnce(String item) {
			this.effects.insert("effects_once", item);
			this.crash.at(CrashPoint.IN_WORK);
			this.crash.inTransaction(CrashPoint.BEFORE_COMMIT_OF_WORK, CrashPoint.AFTER_COMMIT_OF_WORK);
		}

		/**
		 * Takes its time, and fails the first time.
		 */
		@PostPhase(value = "late", durable = true,
				retry = @Retry(maxRetries = 1, delay = "2s", multiplier = 1, jitter = "0"))
		void late(String item, PostPhaseContext context) {
			this.effects.insertAttempt(item, context.attempt());
			DurableApplication.Tables.takeTime(LATE);
			if (context.attempt() == 1) {
				throw new IllegalStateException("wanted");
			}
		}

		@PostPhase(value = "poison", durable = true)
		void poison(String item) {
			this.crash.at(CrashPoint.IN_POISON);
		}

	}

	/**
	 * What has been done.
	 */
	static class Effects {

		private final JdbcClient jdbc;

		Effects(JdbcClient jdbc) {
			this.jdbc = jdbc;
			SharedTable.create(jdbc, "effects_at_least_once (item varchar(100))");
			SharedTable.create(jdbc, "effects_once (item varchar(100))");
			SharedTable.create(jdbc, "attempts (item varchar(100), attempt int, "
					+ "made_at timestamp default current_timestamp not null)");
		}

		void insert(String table, String item) {
			this.jdbc.sql("insert into " + table + " values (?)").param(item).update();
		}

		void insertAttempt(String item, int attempt) {
			this.jdbc.sql("insert into attempts (item, attempt) values (?, ?)").params(item, attempt).update();
		}

		List<String> items(String table) {
			return this.jdbc.sql("select item from " + table).query(String.class).list();
		}

	}

	record Receipt(UUID number) {

	}

	record Body(String head, Tail tail) {

	}

	/**
	 * The part of a response that comes when the first part is on its way.
	 */
	public static class Tail {

		private final Crash crash;

		Tail(Crash crash) {
			this.crash = crash;
		}

		public String getText() {
			this.crash.at(CrashPoint.IN_RESPONSE);
			return "end";
		}

	}

}
