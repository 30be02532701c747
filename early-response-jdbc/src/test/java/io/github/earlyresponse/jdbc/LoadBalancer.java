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

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An nginx in front of the nodes of a cluster, with the configuration of
 * {@code examples/cluster}.
 * <p>
 * A request that it could not send goes to another node, and so does an idempotent one
 * whose node dies or is about to stop. A POST whose node has died before it answered may
 * have been handled. nginx would answer with 502 or 504, and here does so with 503 and
 * {@code Retry-After}, as the application does when it cannot accept something: what the
 * client has to do is the same, namely to repeat the request with the same
 * {@code Idempotency-Key}. Other errors of the nodes reach the client unchanged.
 */
final class LoadBalancer implements AutoCloseable {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private static final Path CONFIGURATION = Path.of("..", "examples", "cluster", "nginx.conf");

	private final Process process;

	private final int port;

	private LoadBalancer(Process process, int port) {
		this.process = process;
		this.port = port;
	}

	/**
	 * Starts nginx.
	 * @param directory where all its files are
	 * @param ports the ports of the nodes
	 */
	static LoadBalancer start(Path directory, List<Integer> ports) throws IOException {
		int port = freePort();
		Files.writeString(directory.resolve("listen.conf"), "listen 127.0.0.1:" + port + ";");
		Files.writeString(directory.resolve("nodes.conf"),
				ports.stream().map("server 127.0.0.1:%d max_fails=0;"::formatted).collect(Collectors.joining("\n")));
		// What is durable has to be known to every node, so that nginx need not ask
		// others
		Path configuration = Files.writeString(directory.resolve("nginx.conf"),
				Files.readString(CONFIGURATION).replace(" http_404", ""));
		Path log = directory.resolve("error.log");
		// The shell ends nginx when this JVM closes its input, however that comes about
		Process process = new ProcessBuilder("sh", "-c", "\"$@\" & read -r end; kill $!; wait", "sh",
				executable().orElseThrow().toString(), "-p", directory.toString(), "-e", log.toString(), "-c",
				configuration.toString())
			.redirectErrorStream(true)
			.redirectOutput(directory.resolve("output.log").toFile())
			.start();
		LoadBalancer nginx = new LoadBalancer(process, port);
		try {
			await("nginx has started").atMost(TIMEOUT)
				.until(() -> Files.exists(directory.resolve("nginx.pid"))
						|| (Files.exists(log) && Files.readString(log).contains("[emerg]")));
			assertThat(directory.resolve("nginx.pid")).as(Files.readString(log)).exists();
		}
		catch (Throwable ex) {
			nginx.close();
			throw ex;
		}
		return nginx;
	}

	static boolean isInstalled() {
		return executable().isPresent();
	}

	private static Optional<Path> executable() {
		// Debian has it where only the path of root leads to
		return Stream
			.concat(Stream.of(System.getenv("PATH").split(File.pathSeparator)),
					Stream.of("/usr/sbin", "/usr/local/sbin"))
			.map((directory) -> Path.of(directory, "nginx"))
			.filter(Files::isExecutable)
			.findFirst();
	}

	static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	URI uri(String path) {
		return URI.create("http://localhost:" + this.port + path);
	}

	@Override
	public void close() throws IOException {
		this.process.getOutputStream().close();
		try {
			assertThat(this.process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).as("nginx ends").isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
