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

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An nginx in front of an application, which buffers its responses and keeps the
 * connections to it. What is asked for below {@code /gzip} is compressed by nginx.
 */
public final class NginxProxy implements AutoCloseable {

	private static final String CONFIGURATION = """
			daemon off;
			master_process off;
			pid %1$s/nginx.pid;
			error_log %1$s/error.log notice;
			events {
				worker_connections 256;
			}
			http {
				access_log off;
				client_body_temp_path %1$s/body;
				proxy_temp_path %1$s/proxy;
				fastcgi_temp_path %1$s/fastcgi;
				uwsgi_temp_path %1$s/uwsgi;
				scgi_temp_path %1$s/scgi;
				proxy_buffering on;
				proxy_http_version 1.1;
				proxy_set_header Connection "";
				gzip_types application/octet-stream application/json;
				gzip_min_length 1;
				upstream application {
					server 127.0.0.1:%3$d;
					keepalive 8;
				}
				server {
					listen 127.0.0.1:%2$d;
					location / {
						proxy_pass http://application/;
					}
					location /gzip/ {
						gzip on;
						proxy_set_header Connection "";
						proxy_set_header Accept-Encoding "";
						proxy_pass http://application/;
					}
				}
			}
			""";

	private final Process process;

	private final int port;

	private NginxProxy(Process process, int port) {
		this.process = process;
		this.port = port;
	}

	/**
	 * Starts nginx.
	 * @param directory where all its files are
	 * @param upstreamPort the port of the application
	 */
	public static NginxProxy start(Path directory, int upstreamPort) throws IOException {
		int port = freePort();
		Path configuration = Files.writeString(directory.resolve("nginx.conf"),
				CONFIGURATION.formatted(directory, port, upstreamPort));
		Path log = directory.resolve("error.log");
		// The shell ends nginx when this JVM closes its input, however that comes about
		Process process = new ProcessBuilder("sh", "-c", "\"$@\" & read -r end; kill $!; wait", "sh",
				executable().orElseThrow().toString(), "-p", directory.toString(), "-e", log.toString(), "-c",
				configuration.toString())
			.redirectErrorStream(true)
			.redirectOutput(directory.resolve("output.log").toFile())
			.start();
		NginxProxy nginx = new NginxProxy(process, port);
		try {
			// It listens before it writes its id
			await("nginx has started").atMost(30, TimeUnit.SECONDS)
				.until(() -> Files.exists(directory.resolve("nginx.pid"))
						|| (Files.exists(log) && Files.readString(log).contains("[emerg]")));
			assertThat(directory.resolve("nginx.pid")).as(() -> messages(log)).exists();
		}
		catch (Throwable ex) {
			nginx.close();
			throw ex;
		}
		return nginx;
	}

	public static boolean isInstalled() {
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

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private static String messages(Path log) {
		try {
			return Files.readString(log);
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	public RawHttpClient client() throws IOException {
		return new RawHttpClient(this.port);
	}

	@Override
	public void close() throws IOException {
		this.process.getOutputStream().close();
		try {
			assertThat(this.process.waitFor(30, TimeUnit.SECONDS)).as("nginx ends").isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
