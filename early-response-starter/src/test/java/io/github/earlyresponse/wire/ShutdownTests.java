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
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.github.earlyresponse.testsupport.JavaProcess;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import io.github.earlyresponse.testsupport.ServletContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * SIGTERM to an application in a process of its own, with one running post-phase, two
 * queued ones and one request in flight that submits later.
 */
class ShutdownTests {

	@TempDir
	private Path directory;

	@Test
	void allAcceptedPostPhasesFinishOnPlatformThreads() throws Exception {
		allAcceptedPostPhasesFinish("early-response.executor.virtual-threads=false");
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void allAcceptedPostPhasesFinishOnVirtualThreads() throws Exception {
		allAcceptedPostPhasesFinish("early-response.executor.virtual-threads=true");
	}

	@Test
	void logNamesWhatIsAbandonedOnPlatformThreads() throws Exception {
		logNamesWhatIsAbandoned("early-response.executor.virtual-threads=false");
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void logNamesWhatIsAbandonedOnVirtualThreads() throws Exception {
		logNamesWhatIsAbandoned("early-response.executor.virtual-threads=true");
	}

	@Test
	void processEndsWhilePostPhaseNeverEndsOnPlatformThreads() throws Exception {
		processEndsWhilePostPhaseNeverEnds("false");
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void processEndsWhilePostPhaseNeverEndsOnVirtualThreads() throws Exception {
		processEndsWhilePostPhaseNeverEnds("true");
	}

	private void processEndsWhilePostPhaseNeverEnds(String virtualThreads) throws Exception {
		try (JavaProcess process = JavaProcess.start(ClosingApplication.class, "--server.port=0",
				"--" + RunningServer.WITHOUT_MONITORING, "--" + RunningServer.on(ServletContainer.current()),
				"--early-response.executor.virtual-threads=" + virtualThreads,
				"--early-response.shutdown.timeout=500ms")) {
			process.awaitOutput(ClosingApplication.CLOSED);
			assertThat(process.exitCode()).isZero();
			assertThat(process.output()).anyMatch((line) -> line.contains("it was still running"));
		}
	}

	private void allAcceptedPostPhasesFinish(String threads) throws Exception {
		try (Application application = start(threads)) {
			CompletableFuture<RawResponse> inFlight = application.fill(700);
			application.process.terminate();
			assertThat(inFlight.get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
			assertThat(application.process.exitCode()).isEqualTo(143);
			assertThat(rows()).containsExactlyInAnyOrder("running", "queued-1", "queued-2", "in-flight");
			assertThat(application.process.output()).noneMatch((line) -> line.contains("abandoned"))
				.anyMatch((line) -> line.contains("Waiting up to PT20S for"));
		}
	}

	private void logNamesWhatIsAbandoned(String threads) throws Exception {
		try (Application application = start(threads, "early-response.shutdown.timeout=1s")) {
			CompletableFuture<RawResponse> inFlight = application.fill(60_000);
			application.process.terminate();
			assertThat(inFlight.get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
			assertThat(application.process.exitCode()).isEqualTo(143);
			assertThat(rows()).containsExactly("interrupted running");
			assertThat(application.process.output().stream().filter((line) -> line.contains("abandoned at shutdown")))
				.hasSize(4)
				.allMatch((line) -> line.matches(".*Post-phase 'store' \\([0-9a-f]{32}\\) was abandoned.*"))
				.anyMatch((line) -> line.contains("it was still running"))
				.anyMatch((line) -> line.contains("it had not started"));
		}
	}

	private Application start(String... properties) throws IOException {
		List<String> arguments = new ArrayList<>(List.of("--server.port=0", "--" + RunningServer.WITHOUT_MONITORING,
				"--" + RunningServer.on(ServletContainer.current()), "--spring.datasource.url=" + url(),
				"--spring.datasource.username=sa", "--early-response.executor.max-concurrency=1",
				"--logging.level.io.github.earlyresponse=info"));
		for (String property : properties) {
			arguments.add("--" + property);
		}
		return new Application(JavaProcess.start(ShutdownApplication.class, arguments.toArray(String[]::new)));
	}

	private String url() {
		return "jdbc:h2:file:" + this.directory.resolve("rows") + ";DB_CLOSE_ON_EXIT=FALSE";
	}

	private List<String> rows() throws Exception {
		List<String> rows = new ArrayList<>();
		try (Connection connection = DriverManager.getConnection(url(), "sa", "");
				ResultSet result = connection.createStatement().executeQuery("select name from rows")) {
			while (result.next()) {
				rows.add(result.getString(1));
			}
		}
		return rows;
	}

	private static final class Application implements AutoCloseable {

		private final JavaProcess process;

		Application(JavaProcess process) {
			this.process = process;
		}

		/**
		 * One running post-phase, two queued ones and a request whose handler runs.
		 * @param millis how long each post-phase takes
		 * @return the response of the request in flight
		 */
		CompletableFuture<RawResponse> fill(int millis) throws Exception {
			int port = Integer.parseInt(this.process.awaitOutput(ShutdownApplication.READY));
			store(port, "running", millis);
			// Virtual threads need not begin in the order in which they were started
			this.process.awaitOutput("started running");
			store(port, "queued-1", millis);
			store(port, "queued-2", millis);
			CompletableFuture<RawResponse> inFlight = CompletableFuture.supplyAsync(() -> {
				try (RawHttpClient client = new RawHttpClient(port)) {
					return client.get("/slowly/in-flight?millis=" + millis);
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
			});
			this.process.awaitOutput("in the handler");
			return inFlight;
		}

		private static void store(int port, String name, int millis) throws IOException {
			try (RawHttpClient client = new RawHttpClient(port)) {
				assertThat(client.get("/store/" + name + "?millis=" + millis).status()).isEqualTo(200);
			}
		}

		@Override
		public void close() {
			this.process.close();
		}

	}

}
