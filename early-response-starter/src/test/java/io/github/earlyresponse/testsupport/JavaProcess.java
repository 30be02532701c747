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

package io.github.earlyresponse.testsupport;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A main class in a process of its own, with the class path of the tests.
 */
public final class JavaProcess implements AutoCloseable {

	private final Process process;

	private final Thread reader;

	private final Queue<String> output = new ConcurrentLinkedQueue<>();

	private JavaProcess(Process process) {
		this.process = process;
		this.reader = new Thread(this::readOutput, "process-output");
		this.reader.start();
	}

	public static JavaProcess start(Class<?> main, String... arguments) throws IOException {
		return start(List.of(), main, arguments);
	}

	public static JavaProcess start(List<String> options, Class<?> main, String... arguments) throws IOException {
		List<String> command = new ArrayList<>(List.of(
				Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
		command.addAll(options);
		command.add(main.getName());
		command.addAll(List.of(arguments));
		return new JavaProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
	}

	private void readOutput() {
		try (BufferedReader lines = new BufferedReader(
				new InputStreamReader(this.process.getInputStream(), StandardCharsets.UTF_8))) {
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				this.output.add(line);
			}
		}
		catch (IOException ex) {
			this.output.add(ex.toString());
		}
	}

	/**
	 * All lines that it has written.
	 */
	public List<String> output() {
		return List.copyOf(this.output);
	}

	/**
	 * Waits for a line that begins like this.
	 * @return the rest of the line
	 */
	public String awaitOutput(String start) {
		await().atMost(5, TimeUnit.MINUTES).until(() -> find(start) != null || !this.process.isAlive());
		await().until(() -> this.process.isAlive() || !this.reader.isAlive());
		String rest = find(start);
		assertThat(rest).as(() -> "output that begins with '" + start + "': " + output()).isNotNull();
		return rest;
	}

	private String find(String start) {
		return this.output.stream()
			.filter((line) -> line.startsWith(start))
			.map((line) -> line.substring(start.length()))
			.findFirst()
			.orElse(null);
	}

	/**
	 * Sends SIGTERM. Process.destroy() would close the output as well.
	 */
	public void terminate() {
		this.process.toHandle().destroy();
	}

	/**
	 * Sends SIGKILL and waits for the end.
	 */
	public void kill() throws InterruptedException {
		this.process.toHandle().destroyForcibly();
		exitCode();
	}

	/**
	 * Waits for the end.
	 */
	public int exitCode() throws InterruptedException {
		assertThat(this.process.waitFor(60, TimeUnit.SECONDS)).as("the process ends").isTrue();
		this.reader.join();
		return this.process.exitValue();
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
