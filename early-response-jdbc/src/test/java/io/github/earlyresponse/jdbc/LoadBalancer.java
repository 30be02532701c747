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
 * An nginx in front of the nodes of a cluster, with the configuration that
 * {@code examples/cluster} has.
 * <p>
 * A request that it could not send goes to another node, and so does an idempotent one
 * whose node dies or is about to stop. A POST whose node has died before it answered may
 * have been handled. nginx would answer with 502 or 504, and here does so with 503 and
 * {@code Retry-After}, as the application does when it cannot accept something: what the
 * client has to do is the same, namely to repeat the request with the same
 * {@code Idempotency-Key}. Other errors of the nodes reach the client unchanged.
 * <p>
 * No node is left out for a while after an error, with which one that has no capacity
 * would take down the others: a process that has ended refuses connections at once.
 */
final class LoadBalancer implements AutoCloseable {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private static final String CONFIGURATION = """
			daemon off;
			master_process off;
			pid %1$s/nginx.pid;
			error_log %1$s/error.log notice;
			events {
				worker_connections 1024;
			}
			http {
				access_log off;
				client_body_temp_path %1$s/body;
				proxy_temp_path %1$s/proxy;
				fastcgi_temp_path %1$s/fastcgi;
				uwsgi_temp_path %1$s/uwsgi;
				scgi_temp_path %1$s/scgi;
				keepalive_requests 1000000;
				upstream nodes {
			%3$s
					keepalive 16;
				}
				server {
					listen 127.0.0.1:%2$d;
					location / {
						proxy_pass http://nodes;
						proxy_http_version 1.1;
						proxy_set_header Connection "";
						proxy_buffering off;
						proxy_connect_timeout 1s;
						proxy_next_upstream error timeout http_503;
						error_page 502 504 =503 @unavailable;
					}
					location @unavailable {
						default_type application/problem+json;
						add_header Retry-After 1 always;
						return 503 '{"status":503,"title":"Service Unavailable"}';
					}
				}
			}
			""";

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
		String nodes = ports.stream()
			.map("\t\tserver 127.0.0.1:%d max_fails=0;"::formatted)
			.collect(Collectors.joining("\n"));
		Path configuration = Files.writeString(directory.resolve("nginx.conf"),
				CONFIGURATION.formatted(directory, port, nodes));
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
