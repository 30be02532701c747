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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.OnClientAbort;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.KeptFiles;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import jakarta.servlet.http.Part;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpStatus;
import org.springframework.util.FileSystemUtils;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.server.ResponseStatusException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An upload that a post-phase takes is there until the post-phase has ended, and no
 * longer; the container deletes its own file with the request.
 */
class UploadTests {

	private static final String CONTENT = "0123456789".repeat(10_000);

	@TempDir
	private static Path directory;

	private static RunningServer server;

	@BeforeAll
	static void start() {
		server = RunningServer.start(List.of(Uploads.class, Work.class),
				"early-response.upload.directory=" + directory.resolve("kept"));
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@BeforeEach
	void reset() {
		server.listener().forget();
		server.bean(Work.class).reset();
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "file", "part", "files", "array", "explicit", "explicit-array", "explicit-object", "later" })
	void isThereForItsPostPhaseAndGoneAfterwards(String path) throws Exception {
		Work work = server.bean(Work.class);
		assertThat(upload(path).status()).isEqualTo(200);
		await().untilAsserted(() -> assertThat(server.operations().inFlightCount()).isOne());
		assertThat(kept()).hasSize(1);
		assertThat(work.called).isTrue();
		work.release.countDown();
		assertThat(work.content.get(30, TimeUnit.SECONDS)).isEqualTo("letter.txt text/plain 100000 " + CONTENT);
		server.awaitBalance();
		assertThat(kept()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "file", "part" })
	@DisabledOnOs(OS.WINDOWS)
	void canBeReadByItsOwnerOnly(String path) throws Exception {
		assertThat(upload(path).status()).isEqualTo(200);
		Path file = kept().get(0);
		assertThat(permissions(file)).isEqualTo("rw-------");
		assertThat(permissions(file.getParent())).isEqualTo("rwx------");
		assertThat(permissions(directory.resolve("kept"))).as("made by the application").isEqualTo("rwx------");
		server.bean(Work.class).release.countDown();
		server.awaitBalance();
	}

	private static String permissions(Path path) throws IOException {
		return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
	}

	@ParameterizedTest
	@ValueSource(strings = { "throwing", "failing", "refused", "unused", "captured" })
	void isGoneWhateverTheOutcome(String path) throws Exception {
		server.bean(Work.class).release.countDown();
		upload(path);
		server.awaitBalance();
		assertThat(kept()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void isSharedByPostPhasesUntilTheLastHasEnded(boolean cancelled) throws Exception {
		Work work = server.bean(Work.class);
		assertThat(upload("both").status()).isEqualTo(200);
		await().untilAsserted(() -> assertThat(server.operations().inFlightCount()).isOne());
		assertThat(kept()).hasSize(1);
		if (cancelled) {
			server.operations().inFlight().forEach((each) -> server.operations().cancel(each.id()));
		}
		else {
			work.release.countDown();
		}
		server.awaitBalance();
		assertThat(kept()).isEmpty();
	}

	@Test
	void isThereForEveryKindOfPostPhaseUntilTheLastHasEnded() throws Exception {
		Work work = server.bean(Work.class);
		assertThat(upload("all").status()).isEqualTo(200);
		await().untilAsserted(() -> assertThat(server.operations().inFlightCount()).isOne());
		assertThat(kept()).hasSize(1);
		work.release.countDown();
		assertThat(work.content.get(30, TimeUnit.SECONDS)).endsWith(CONTENT);
		server.awaitBalance();
		assertThat(server.listener().outcomes()).hasSize(3).containsOnly(PostPhaseOutcome.COMPLETED);
		assertThat(kept()).isEmpty();
	}

	@Test
	void isThereForEachPostPhaseThatFindsNoRoom() throws Exception {
		try (RunningServer full = RunningServer.start(List.of(Uploads.class, Work.class),
				"early-response.upload.directory=" + directory.resolve("kept"),
				"early-response.executor.max-concurrency=1", "early-response.executor.queue-capacity=2",
				"early-response.when-saturated=caller-runs")) {
			Work work = full.bean(Work.class);
			assertThat(upload(full, "unused").status()).isEqualTo(200);
			assertThat(upload(full, "unused").status()).isEqualTo(200);
			assertThat(upload(full, "both").status()).isEqualTo(200);
			assertThat(full.operations().inFlightCount()).isEqualTo(4);
			work.release.countDown();
			full.awaitBalance();
			assertThat(work.content.get(30, TimeUnit.SECONDS)).endsWith(CONTENT);
			assertThat(full.listener().outcomes()).hasSize(4).containsOnly(PostPhaseOutcome.COMPLETED);
			assertThat(kept()).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "unused", "captured" })
	void thatNoPostPhaseTakesCostsNothing(String path) throws Exception {
		assertThat(upload(path).status()).isEqualTo(200);
		await().untilAsserted(() -> assertThat(server.operations().inFlightCount()).isOne());
		assertThat(kept()).isEmpty();
		server.bean(Work.class).release.countDown();
		server.awaitBalance();
		if ("captured".equals(path)) {
			assertThat(server.listener().onlyResult().outcome()).isEqualTo(PostPhaseOutcome.FAILED);
			assertThat(server.listener().onlyResult().failure())
				.hasMessageContaining("the upload was deleted with its request")
				.hasMessageContaining("AfterResponse.call");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "file", "part" })
	void thatCannotBeKeptFailsTheRequestBeforeTheHandlerRuns(String path) throws Exception {
		Path kept = directory.resolve("kept");
		FileSystemUtils.deleteRecursively(kept);
		Files.writeString(kept, "in the way");
		try {
			assertThat(upload(path).status()).isEqualTo(500);
			server.awaitBalance();
			assertThat(server.bean(Work.class).called).isFalse();
			assertThat(server.listener().outcomes()).containsOnly(PostPhaseOutcome.SKIPPED);
		}
		finally {
			Files.delete(kept);
		}
	}

	private static List<Path> kept() throws IOException {
		return KeptFiles.in(directory.resolve("kept"));
	}

	private static RawResponse upload(String path) throws IOException {
		return upload(server, path);
	}

	private static RawResponse upload(RunningServer server, String path) throws IOException {
		String body = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"letter.txt\"\r\n"
				+ "Content-Type: text/plain\r\n\r\n" + CONTENT + "\r\n--b--\r\n";
		try (RawHttpClient client = server.client()) {
			client.sendRaw("POST /" + path + " HTTP/1.1\r\nHost: localhost\r\n"
					+ "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: " + body.length() + "\r\n\r\n"
					+ body);
			return client.read("POST");
		}
	}

	@RestController
	static class Uploads {

		private final Work work;

		Uploads(Work work) {
			this.work = work;
		}

		@PostMapping("/file")
		@RespondThenContinue("one")
		String file(@RequestParam MultipartFile file) {
			this.work.called = true;
			return file.getOriginalFilename();
		}

		@PostMapping("/part")
		@RespondThenContinue("part")
		String part(@RequestParam Part file) {
			this.work.called = true;
			return file.getName();
		}

		@PostMapping("/files")
		@RespondThenContinue("several")
		String files(@RequestParam("file") List<MultipartFile> files) {
			this.work.called = true;
			return "" + files.size();
		}

		@PostMapping("/array")
		@RespondThenContinue("array")
		String array(@RequestParam("file") MultipartFile[] files) {
			this.work.called = true;
			return "" + files.length;
		}

		@PostMapping("/explicit")
		@RespondThenContinue
		String explicit(@RequestParam MultipartFile file, AfterResponse after) {
			this.work.called = true;
			return after.call("one", file);
		}

		@PostMapping("/explicit-array")
		@RespondThenContinue
		String explicitArray(@RequestParam("file") MultipartFile[] files, AfterResponse after) {
			this.work.called = true;
			return after.call("array", (Object[]) files);
		}

		@PostMapping("/explicit-object")
		@RespondThenContinue
		String explicitObject(@RequestParam MultipartFile file, AfterResponse after) {
			this.work.called = true;
			return after.call("object", file);
		}

		@PostMapping("/later")
		@RespondThenContinue("one")
		CompletableFuture<String> later(@RequestParam MultipartFile file) {
			this.work.called = true;
			return CompletableFuture.supplyAsync(file::getOriginalFilename);
		}

		@PostMapping("/both")
		@RespondThenContinue({ "one", "other" })
		String both(@RequestParam MultipartFile file) {
			return "both";
		}

		@PostMapping("/all")
		@RespondThenContinue("other")
		void all(@RequestParam MultipartFile file, AfterResponse after, EarlyResponse<String> early) throws Exception {
			after.call("other", file);
			early.send("all");
			this.work.one(file);
		}

		@PostMapping("/throwing")
		@RespondThenContinue("one")
		String throwing(@RequestParam MultipartFile file) {
			throw new ResponseStatusException(HttpStatus.CONFLICT);
		}

		@PostMapping("/failing")
		@RespondThenContinue("fail")
		String failing(@RequestParam MultipartFile file) {
			return "failing";
		}

		@PostMapping("/refused")
		@RespondThenContinue(then = "one", onClientAbort = OnClientAbort.SKIP)
		String refused(@RequestParam MultipartFile file) {
			throw new IllegalStateException("refused");
		}

		@PostMapping("/unused")
		@RespondThenContinue("nothing")
		String unused(@RequestParam MultipartFile file) {
			return "unused";
		}

		@PostMapping("/captured")
		@RespondThenContinue
		String captured(@RequestParam MultipartFile file, AfterResponse after) {
			after.run("read", (context) -> {
				this.work.release.await(30, TimeUnit.SECONDS);
				file.getBytes();
			});
			return "captured";
		}

	}

	static class Work {

		volatile boolean called;

		volatile CountDownLatch release = new CountDownLatch(1);

		volatile CompletableFuture<String> content = new CompletableFuture<>();

		void reset() {
			this.called = false;
			this.release = new CountDownLatch(1);
			this.content = new CompletableFuture<>();
		}

		@PostPhase
		void object(Object file) throws Exception {
			one((MultipartFile) file);
		}

		@PostPhase
		void one(MultipartFile file) throws Exception {
			this.release.await(30, TimeUnit.SECONDS);
			this.content.complete(file.getOriginalFilename() + " " + file.getContentType() + " " + file.getSize() + " "
					+ new String(file.getBytes(), StandardCharsets.UTF_8));
		}

		@PostPhase
		void other(MultipartFile file) throws Exception {
			assertThat(file.getInputStream()).hasBinaryContent(CONTENT.getBytes(StandardCharsets.UTF_8));
		}

		@PostPhase
		void part(Part file) throws Exception {
			this.release.await(30, TimeUnit.SECONDS);
			this.content.complete(file.getSubmittedFileName() + " " + file.getContentType() + " " + file.getSize() + " "
					+ new String(file.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
		}

		@PostPhase
		void several(List<MultipartFile> files) throws Exception {
			one(files.get(0));
		}

		@PostPhase
		void array(MultipartFile[] files) throws Exception {
			one(files[0]);
		}

		@PostPhase
		void fail(MultipartFile file) {
			throw new IllegalStateException("fails");
		}

		@PostPhase
		void nothing(PostPhaseContext context) throws Exception {
			this.release.await(30, TimeUnit.SECONDS);
		}

	}

}
