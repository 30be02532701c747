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

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import com.icegreen.greenmail.mail.MailAddress;
import com.icegreen.greenmail.mail.MovingMessage;
import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.MessagingException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A process that mails letters to an SMTP server is killed again and again, as
 * {@code kill -9} does, with the default interval of checkpoints.
 */
@Tag("load")
@Timeout(value = 45, unit = TimeUnit.MINUTES)
class SmtpKillTests {

	private static final Log logger = LogFactory.getLog(SmtpKillTests.class);

	private static final Duration TIMEOUT = Duration.ofMinutes(15);

	private static final int LETTERS = 100_000;

	private static final int KILLS = 10;

	private static final int LEAST_MILLIS = 5000;

	private static final int LONGEST_FURTHER_MILLIS = 3000;

	/** The interval, and the time that it may take until that is written. */
	private static final Duration MOST_REPEATED = Duration.ofMillis(1500);

	private final List<String> database = TestDatabase.POSTGRESQL.properties();

	private final JdbcClient jdbc = JdbcClient
		.create(new DriverManagerDataSource(this.database.get(0).substring("spring.datasource.url=".length())));

	private final GreenMail server = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));

	private final Queue<Sent> sent = new ConcurrentLinkedQueue<>();

	private final List<CrashNode> processes = new ArrayList<>();

	@AfterEach
	void stop() {
		this.processes.forEach(CrashNode::kill);
		this.server.stop();
	}

	@Test
	void everyCustomerGetsLetterAndFewGetTwo() throws Exception {
		startServer();
		long seed = System.nanoTime();
		logger.info("Seed: " + seed);
		Random random = new Random(seed);
		startNode();
		assertThat(node().post(HttpClient.newHttpClient(), "/letters/" + LETTERS).statusCode()).isEqualTo(200);
		for (int attempt = 1; attempt <= KILLS; attempt++) {
			int number = attempt;
			patiently().until(() -> this.sent.stream().anyMatch((letter) -> letter.attempt() == number));
			node().process().waitFor(LEAST_MILLIS + random.nextInt(LONGEST_FURTHER_MILLIS), TimeUnit.MILLISECONDS);
			node().kill();
			startNode();
		}
		patiently().until(() -> count("early_response_post_phase") == 0);
		List<Integer> letters = IntStream.rangeClosed(1, LETTERS).boxed().toList();
		assertThat(
				this.jdbc.sql("select letter from mailed_in_transactions order by letter").query(Integer.class).list())
			.as("once, in their order, seed %d", seed)
			.containsExactlyElementsOf(letters);
		Set<Integer> customers = new HashSet<>();
		this.sent.forEach((letter) -> customers.add(letter.number()));
		assertThat(customers).as("seed %d", seed).hasSize(LETTERS);
		for (int attempt = 1; attempt <= KILLS; attempt++) {
			int repeated = repeated(attempt);
			logger.info("Kill " + attempt + ": " + repeated + " letters sent twice, "
					+ mostIn(Duration.ofSeconds(1), attempt) + " in one second");
			assertThat(repeated).as("attempt %d, seed %d", attempt, seed)
				.isLessThanOrEqualTo(mostIn(MOST_REPEATED, attempt));
		}
	}

	private void startServer() {
		this.server.start();
		GreenMailUser everybody = this.server.setUser("everybody@example.org", "");
		this.server.getUserManager().setMessageDeliveryHandler((message, address) -> {
			receive(message, address);
			return everybody;
		});
	}

	private void receive(MovingMessage message, MailAddress address) {
		try {
			this.sent.add(new Sent(Integer.parseInt(address.getEmail().replace("@example.org", "")),
					Integer.parseInt(message.getMessage().getSubject()), System.nanoTime()));
		}
		catch (MessagingException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void startNode() {
		this.processes.add(new CrashNode(this.database, "smtp.port=" + this.server.getSmtp().getPort()));
	}

	private CrashNode node() {
		return this.processes.get(this.processes.size() - 1);
	}

	/**
	 * The letters of an attempt that the next one has sent, too.
	 */
	private int repeated(int attempt) {
		int next = this.sent.stream()
			.filter((letter) -> letter.attempt() == attempt + 1)
			.mapToInt(Sent::number)
			.min()
			.orElseThrow();
		return (int) this.sent.stream()
			.filter((letter) -> letter.attempt() == attempt && letter.number() >= next)
			.count();
	}

	private int mostIn(Duration time, int attempt) {
		List<Long> times = this.sent.stream()
			.filter((letter) -> letter.attempt() == attempt)
			.map(Sent::nanos)
			.sorted()
			.toList();
		int most = 0;
		int first = 0;
		for (int last = 0; last < times.size(); last++) {
			while (times.get(last) - times.get(first) > time.toNanos()) {
				first++;
			}
			most = Math.max(most, last - first + 1);
		}
		return most;
	}

	/**
	 * Waits, whatever the threads of the mail server throw when a client is killed.
	 */
	private static ConditionFactory patiently() {
		return await().atMost(TIMEOUT).dontCatchUncaughtExceptions();
	}

	private long count(String table) {
		return this.jdbc.sql("select count(*) from " + table).query(Long.class).single();
	}

	/**
	 * A letter that has reached the server.
	 *
	 * @param number the number of its customer
	 * @param attempt which attempt has sent it
	 * @param nanos when it has arrived
	 */
	private record Sent(int number, int attempt, long nanos) {

	}

}
