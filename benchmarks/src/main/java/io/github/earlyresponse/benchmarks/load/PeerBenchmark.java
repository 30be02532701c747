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

package io.github.earlyresponse.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import org.springframework.util.FileSystemUtils;

/**
 * What else answers first and goes on afterwards, side by side: the same answer and 50 ms
 * of waiting after it, on PHP-FPM behind nginx, Starlette, Node, and here.
 */
public final class PeerBenchmark implements AutoCloseable {

	private static final Duration ROUND = Duration.ofSeconds(Integer.getInteger("benchmark.seconds", 3));

	private static final int ROUNDS = Integer.getInteger("benchmark.rounds", 9);

	private static final String PHP = "PHP-FPM, 16 workers";

	private final Path peers;

	private final Path directory;

	private final List<Server> servers = new ArrayList<>();

	private final Map<String, Target> targets = new LinkedHashMap<>();

	private PeerBenchmark(Path peers) throws IOException {
		this.peers = peers;
		this.directory = Files.createTempDirectory("peers");
	}

	/**
	 * Starts all of them, measures in turns, prints a table and stops them.
	 * @param args the folder with the programs of the peers
	 * @throws Exception if one does not start or does not answer
	 */
	public static void main(String[] args) throws Exception {
		try (PeerBenchmark benchmark = new PeerBenchmark(Path.of(args[0]).toAbsolutePath())) {
			benchmark.startAll();
			benchmark.warmUp();
			benchmark.measure(32);
			benchmark.measure(256);
		}
	}

	private void startAll() throws Exception {
		int port = Server.freePort();
		int fpmPort = Server.freePort();
		for (String file : List.of("php/index.php", "php/fpm.conf", "php/nginx.conf")) {
			copy(file, port, fpmPort);
		}
		Server fpm = Server.launch("php-fpm", port, this.directory, List.of(find("php-fpm", "/usr/sbin"),
				"--allow-to-run-as-root", "--fpm-config", this.directory.resolve("fpm.conf").toString()));
		this.servers.add(fpm);
		add(PHP, "/", Server.start("nginx", port, "/", this.directory,
				List.of(find("nginx", "/usr/sbin"), "-p", this.directory + "/", "-c", "nginx.conf", "-e", "stderr")));
		port = Server.freePort();
		add("Starlette on uvicorn", "/",
				Server.start("starlette", port, "/", this.peers.resolve("starlette"),
						List.of("uvicorn", "app:app", "--port", String.valueOf(port), "--workers",
								String.valueOf(Runtime.getRuntime().availableProcessors()), "--loop", "uvloop",
								"--http", "httptools", "--log-level", "warning", "--no-access-log")));
		port = Server.freePort();
		add("Node", "/", Server.start("node", port, "/", this.peers.resolve("node"),
				List.of("node", "server.js", String.valueOf(port))));
		add("early response", "/early",
				Server.application(ClassPath.bare(), List.of("-Xms2g", "-Xmx2g"), "--benchmark.context=false",
						"--benchmark.work=50ms", "--spring.threads.virtual.enabled=true",
						"--early-response.executor.max-concurrency=20000"));
	}

	private void add(String name, String path, Server server) {
		this.servers.add(server);
		this.targets.put(name, new Target(server, path));
	}

	private void copy(String file, int port, int fpmPort) throws IOException {
		String text = Files.readString(this.peers.resolve(file))
			.replace("${port}", String.valueOf(port))
			.replace("${fpm}", String.valueOf(fpmPort))
			.replace("${directory}", this.directory.toString());
		Files.writeString(this.directory.resolve(Path.of(file).getFileName()), text);
	}

	/**
	 * The program whose name begins like that; some carry their version.
	 */
	private static String find(String name, String folder) throws IOException {
		try (Stream<Path> files = Files.list(Path.of(folder))) {
			return files.filter((file) -> file.getFileName().toString().startsWith(name))
				.map(Path::toString)
				.max(String::compareTo)
				.orElse(name);
		}
	}

	private void warmUp() {
		for (Target target : this.targets.values()) {
			Wrk.run(target.server().uri(target.path()), Wrk.WARM_UP_CONNECTIONS, ROUND.multipliedBy(6));
			Wrk.run(target.server().uri(target.path()), 256, ROUND.multipliedBy(2));
		}
	}

	private void measure(int connections) {
		Map<String, List<Sample>> samples = new LinkedHashMap<>();
		for (int i = 0; i < ROUNDS; i++) {
			this.targets.forEach((name, target) -> samples.computeIfAbsent(name, (key) -> new ArrayList<>())
				.add(Wrk.run(target.server().uri(target.path()), connections, ROUND)));
		}
		System.out.printf("%n%d connections%n%n", connections);
		System.out.println("| | requests/s | of PHP-FPM | p50 ms | p99 ms | errors |");
		System.out.println("|---|---|---|---|---|---|");
		samples.forEach((name, rounds) -> System.out.printf(Locale.ROOT, "| %s | %,.0f | %s | %.2f | %.2f | %d |%n",
				name, Comparison.median(rounds, Sample::throughput),
				Comparison.ratio(samples, name, PHP, Sample::throughput), Comparison.median(rounds, Sample::median),
				Comparison.median(rounds, Sample::p99),
				rounds.stream().mapToLong((sample) -> sample.refused() + sample.broken()).sum()));
	}

	@Override
	public void close() throws IOException {
		for (int i = this.servers.size() - 1; i >= 0; i--) {
			this.servers.get(i).close();
		}
		FileSystemUtils.deleteRecursively(this.directory);
	}

	private record Target(Server server, String path) {
	}

}
