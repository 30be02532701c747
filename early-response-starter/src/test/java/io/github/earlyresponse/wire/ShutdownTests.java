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

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.ServletContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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

	private void allAcceptedPostPhasesFinish(String threads) throws Exception {
		try (Application application = start(threads)) {
			CompletableFuture<RawResponse> inFlight = application.fill(700);
			application.terminate();
			assertThat(inFlight.get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
			assertThat(application.exitCode()).isEqualTo(143);
			assertThat(rows()).containsExactlyInAnyOrder("running", "queued-1", "queued-2", "in-flight");
			assertThat(application.output).noneMatch((line) -> line.contains("abandoned"))
				.anyMatch((line) -> line.contains("Waiting up to PT20S for"));
		}
	}

	private void logNamesWhatIsAbandoned(String threads) throws Exception {
		try (Application application = start(threads, "early-response.shutdown.timeout=1s")) {
			CompletableFuture<RawResponse> inFlight = application.fill(60_000);
			application.terminate();
			assertThat(inFlight.get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
			assertThat(application.exitCode()).isEqualTo(143);
			assertThat(rows()).containsExactly("interrupted running");
			assertThat(application.output.stream().filter((line) -> line.contains("abandoned at shutdown"))).hasSize(4)
				.allMatch((line) -> line.matches(".*Post-phase 'store' \\([0-9a-f]{32}\\) was abandoned.*"))
				.anyMatch((line) -> line.contains("it was still running"))
				.anyMatch((line) -> line.contains("it had not started"));
		}
	}

	private Application start(String... properties) throws IOException {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
						System.getProperty("java.class.path"), "-Xshare:auto", "-XX:TieredStopAtLevel=1",
						ShutdownApplication.class.getName(), "--server.port=0",
						"--spring.autoconfigure.exclude=" + ServletContainer.current().other().getName(),
						"--spring.datasource.url=" + url(), "--spring.datasource.username=sa",
						"--early-response.executor.max-concurrency=1", "--logging.level.io.github.earlyresponse=info"));
		for (String property : properties) {
			command.add("--" + property);
		}
		return new Application(new ProcessBuilder(command).redirectErrorStream(true).start());
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

		private final Process process;

		private final Thread reader;

		private final Queue<String> output = new ConcurrentLinkedQueue<>();

		private final CompletableFuture<Integer> port = new CompletableFuture<>();

		Application(Process process) {
			this.process = process;
			this.reader = new Thread(this::readOutput, "application-output");
			this.reader.start();
		}

		private void readOutput() {
			try (BufferedReader lines = new BufferedReader(
					new InputStreamReader(this.process.getInputStream(), StandardCharsets.UTF_8))) {
				for (String line = lines.readLine(); line != null; line = lines.readLine()) {
					this.output.add(line);
					if (line.startsWith(ShutdownApplication.READY)) {
						this.port.complete(Integer.parseInt(line.substring(ShutdownApplication.READY.length())));
					}
				}
			}
			catch (IOException ex) {
				this.output.add(ex.toString());
			}
		}

		/**
		 * One running post-phase, two queued ones and a request whose handler runs.
		 * @param millis how long each post-phase takes
		 * @return the response of the request in flight
		 */
		CompletableFuture<RawResponse> fill(int millis) throws Exception {
			await().atMost(60, TimeUnit.SECONDS).until(() -> this.port.isDone() || !this.process.isAlive());
			int port = this.port.getNow(0);
			assertThat(port).as(() -> "the application has started: " + this.output).isPositive();
			store(port, "running", millis);
			// Virtual threads need not begin in the order in which they were started
			awaitOutput("started running");
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
			awaitOutput("in the handler");
			return inFlight;
		}

		private static void store(int port, String name, int millis) throws IOException {
			try (RawHttpClient client = new RawHttpClient(port)) {
				assertThat(client.get("/store/" + name + "?millis=" + millis).status()).isEqualTo(200);
			}
		}

		private void awaitOutput(String line) {
			await().atMost(30, TimeUnit.SECONDS).until(() -> this.output.contains(line));
		}

		/**
		 * Sends SIGTERM. Process.destroy() would close the output as well.
		 */
		void terminate() {
			this.process.toHandle().destroy();
		}

		int exitCode() throws InterruptedException {
			assertThat(this.process.waitFor(60, TimeUnit.SECONDS)).as("the process ends").isTrue();
			this.reader.join();
			return this.process.exitValue();
		}

		@Override
		public void close() {
			this.process.destroyForcibly();
		}

	}

}
