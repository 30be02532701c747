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

import java.security.Principal;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.jdbc.DurableApplication.Tables;
import io.github.earlyresponse.web.response.PostPhaseAnnouncer;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.interceptor.TransactionAspectSupport;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;

/**
 * An application whose requests can be repeated.
 */
@TestApplication
class IdempotentApplication {

	static ConfigurableApplicationContext start(List<String> properties, String... further) {
		return DurableApplication.start(IdempotentApplication.class, properties, further);
	}

	@Bean
	Campaigns campaigns(JdbcClient jdbc) {
		return new Campaigns(jdbc);
	}

	/**
	 * Tells of post-phases as the status resource does, which needs more than is here.
	 */
	@Bean
	PostPhaseAnnouncer announcer() {
		return (request) -> new PostPhaseAnnouncer.Announcement() {

			@Override
			public String owner() {
				return null;
			}

			@Override
			public void announce(HttpServletResponse response, List<String> postPhases) {
				response.setHeader("Post-Phase-Id", null);
				postPhases.forEach((id) -> response.addHeader("Post-Phase-Id", id));
			}

		};
	}

	/**
	 * Believes what clients say of themselves.
	 */
	@Bean
	FilterRegistrationBean<Filter> users() {
		return new FilterRegistrationBean<>((request, response, chain) -> {
			HttpServletRequest http = (HttpServletRequest) request;
			String user = http.getHeader("User");
			chain.doFilter((user != null) ? new HttpServletRequestWrapper(http) {

				@Override
				public Principal getUserPrincipal() {
					return () -> user;
				}

			} : request, response);
		});
	}

	record Letter(String subject) {

	}

	record Campaign(UUID id, String subject, Instant createdAt) {

	}

	/**
	 * What was done, and how often.
	 */
	static class Campaigns {

		final AtomicInteger calls = new AtomicInteger();

		final Queue<UUID> sent = new ConcurrentLinkedQueue<>();

		/** How many calls fail from now on. */
		final AtomicInteger failures = new AtomicInteger();

		volatile CountDownLatch entered = new CountDownLatch(0);

		volatile CountDownLatch released = new CountDownLatch(0);

		private final JdbcClient jdbc;

		Campaigns(JdbcClient jdbc) {
			this.jdbc = jdbc;
			SharedTable.create(jdbc, "campaigns (id varchar(36), subject varchar(200))");
		}

		Campaign add(Letter letter) {
			return add(letter.subject());
		}

		Campaign add(String subject) {
			this.calls.incrementAndGet();
			Campaign campaign = new Campaign(UUID.randomUUID(), subject, Instant.now());
			this.jdbc.sql("insert into campaigns values (?, ?)").params(campaign.id().toString(), subject).update();
			this.entered.countDown();
			try {
				this.released.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			return campaign;
		}

		boolean fails() {
			return this.failures.getAndUpdate((failures) -> Math.max(0, failures - 1)) > 0;
		}

		int count() {
			return this.jdbc.sql("select count(*) from campaigns").query(Integer.class).single();
		}

		JdbcClient jdbc() {
			return this.jdbc;
		}

	}

	@RestController
	static class Controller {

		private final Campaigns campaigns;

		Controller(Campaigns campaigns) {
			this.campaigns = campaigns;
		}

		@PostMapping("/campaigns")
		@Transactional
		@RespondThenContinue(then = "send-campaign", idempotent = true)
		ResponseEntity<Campaign> campaign(@RequestBody Letter letter) {
			return ResponseEntity.accepted().eTag("7").body(this.campaigns.add(letter));
		}

		/**
		 * What it returns has more than its declared type.
		 */
		@PostMapping("/plain")
		@ResponseStatus(HttpStatus.CREATED)
		@RespondThenContinue(idempotent = true)
		Campaign plain(@RequestParam String subject, AfterResponse after) {
			Campaign campaign = this.campaigns.add(subject);
			after.call("send-campaign", campaign);
			return campaign;
		}

		@PostMapping("/nothing")
		@Transactional
		@ResponseStatus(HttpStatus.ACCEPTED)
		@RespondThenContinue(then = "note", idempotent = true)
		void nothing() {
			this.campaigns.add("nothing");
		}

		@PostMapping("/text")
		@RespondThenContinue(then = "note", idempotent = true)
		String text(HttpServletRequest request) throws java.io.IOException {
			String body = new String(request.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
			return body + " " + this.campaigns.add("text").id();
		}

		@PostMapping("/upload")
		@RespondThenContinue(then = "note", idempotent = true)
		Campaign upload(@RequestParam MultipartFile file) {
			return this.campaigns.add(file.getOriginalFilename());
		}

		@PostMapping("/failing")
		@Transactional
		@RespondThenContinue(then = "note", idempotent = true)
		ResponseEntity<Campaign> failing(@RequestParam String how) {
			Campaign campaign = this.campaigns.add(how);
			if (!this.campaigns.fails()) {
				return ResponseEntity.ok(campaign);
			}
			if (how.equals("rollback")) {
				TransactionAspectSupport.currentTransactionStatus().setRollbackOnly();
				return ResponseEntity.ok(campaign);
			}
			if (how.equals("status")) {
				return ResponseEntity.badRequest().body(campaign);
			}
			throw new UnsupportedOperationException("wanted");
		}

		/**
		 * Loses its connection in the commit, after that or before.
		 */
		@PostMapping("/lost-commit")
		@Transactional
		@RespondThenContinue(then = "send-campaign", idempotent = true)
		Campaign lostCommit(@RequestParam boolean committed) {
			if (this.campaigns.fails()) {
				Tables.endConnectionInCommit(committed);
			}
			return this.campaigns.add("lost");
		}

		@ExceptionHandler
		@ResponseStatus(HttpStatus.BAD_GATEWAY)
		void wanted(UnsupportedOperationException ex) {
		}

		@PostPhase(value = "send-campaign", durable = true)
		void send(Campaign campaign) {
			this.campaigns.sent.add(campaign.id());
		}

		@PostPhase("note")
		void note() {
		}

	}

}
