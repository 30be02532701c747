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

package io.github.earlyresponse.sample.export;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.sample.HeldWork;
import io.github.earlyresponse.test.AutoConfigurePostPhases;
import io.github.earlyresponse.test.PostPhases;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.client.EntityExchangeResult;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The container writes each upload to a file and deletes it with its request, and one
 * post-phase at a time runs, so that one that waits keeps those after it from beginning.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "early-response.executor.max-concurrency=1", "spring.servlet.multipart.file-size-threshold=0" })
@AutoConfigureRestTestClient
@AutoConfigurePostPhases
@Import(HeldWork.class)
class UploadTests {

	@TempDir
	private static Path archives;

	@TempDir
	private static Path ofContainer;

	@TempDir
	private static Path kept;

	@Autowired
	private RestTestClient client;

	@Autowired
	private PostPhases postPhases;

	@Autowired
	private ExportRepository exports;

	@Autowired
	private HeldWork work;

	private final MultiValueMap<String, Object> form = new LinkedMultiValueMap<>();

	@DynamicPropertySource
	static void directories(DynamicPropertyRegistry properties) {
		properties.add("sample.export.directory", () -> archives);
		properties.add("spring.servlet.multipart.location", () -> ofContainer.toString());
		properties.add("early-response.upload.directory", () -> kept);
	}

	@AfterEach
	void nothingIsKept() {
		this.work.proceed();
		this.postPhases.awaitIdle();
		await().untilAsserted(() -> assertThat(keptFiles()).isEmpty());
		assertThat(ofContainer).isEmptyDirectory();
	}

	private static List<Path> keptFiles() throws IOException {
		List<Path> files = new ArrayList<>();
		try (DirectoryStream<Path> directories = Files.newDirectoryStream(kept)) {
			for (Path directory : directories) {
				try (DirectoryStream<Path> uploads = Files.newDirectoryStream(directory, "*.upload")) {
					uploads.forEach(files::add);
				}
			}
		}
		return files;
	}

	@Test
	void uploadOutlivesItsRequestAndIsPackedWithDocuments() throws Exception {
		this.work.hold();
		this.client.post().uri("/held").exchange().expectStatus().isOk();
		this.form.add("documents", "price-list.csv");
		upload("plums.txt", "The plums are early.");
		EntityExchangeResult<ExportTicket> answer = send().expectStatus()
			.isAccepted()
			.expectBody(ExportTicket.class)
			.returnResult();
		ExportTicket ticket = answer.getResponseBody();
		assertThat(ticket.documents()).isEqualTo(2);
		assertThat(answer.getResponseHeaders().getLocation()).hasPath("/exports/" + ticket.id());
		String status = "/post-phases/" + answer.getResponseHeaders().getFirst("Post-Phase-Id");
		assertThat(status(status)).containsEntry("state", "queued").containsEntry("name", "pack-upload");
		assertThat(keptFiles()).isNotEmpty();
		assertThat(ofContainer).isEmptyDirectory();
		this.work.proceed();
		assertThat(this.postPhases).ran("pack-upload").withOutcome(PostPhaseOutcome.COMPLETED);
		int bytes = document().length() + 20;
		assertThat(status(status)).containsEntry("outcome", "completed")
			.containsEntry("progress", Map.of("done", bytes, "total", bytes, "message", "plums.txt, 2 of 2"));
		assertThat(archive(ticket)).containsOnly(Map.entry("price-list.csv", document()),
				Map.entry("plums.txt", "The plums are early."));
	}

	@Test
	void namesThatClashAreMadeUnique() throws IOException {
		this.form.add("documents", "price-list.csv");
		upload("a.txt", "first");
		upload("a.txt", "second");
		upload("price-list.csv", "mine");
		assertThat(archive(accepted())).containsOnly(Map.entry("price-list.csv", document()),
				Map.entry("price-list (2).csv", "mine"), Map.entry("a.txt", "first"), Map.entry("a (2).txt", "second"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "../../x.txt", "C:\\y\\x.txt", "/x.txt", "..x.txt" })
	void hostileNameStaysInTheArchive(String name) throws IOException {
		upload(name, "hostile");
		assertThat(archive(accepted())).containsOnlyKeys("x.txt");
	}

	@Test
	void longNameIsShortened() throws IOException {
		upload("é".repeat(300) + ".txt", "long");
		assertThat(archive(accepted()).keySet()).singleElement()
			.satisfies((name) -> assertThat(name).hasSize(100).endsWith(".txt"));
	}

	@Test
	void onlyDocumentsAreCounted() {
		this.form.add("documents", "spare-parts.csv");
		upload("mine.txt", "private");
		accepted();
		this.client.get()
			.uri("/statistics")
			.exchange()
			.expectBody(String.class)
			.value((statistics) -> assertThat(statistics).contains("spare-parts.csv").doesNotContain("mine.txt"));
	}

	@Test
	void emptyFileIsRefused() {
		upload("empty.txt", "");
		assertThat(refused(HttpStatus.BAD_REQUEST)).isEqualTo("The file 'empty.txt' is empty");
	}

	@Test
	void formWithoutFilesIsRefused() {
		this.form.add("documents", "price-list.csv");
		assertThat(refused(HttpStatus.BAD_REQUEST)).isEqualTo("There is no file in the part files");
	}

	@Test
	void formWithTooManyFilesIsRefused() {
		for (int i = 0; i < 21; i++) {
			upload(i + ".txt", "one of many");
		}
		assertThat(refused(HttpStatus.BAD_REQUEST)).isEqualTo("Refused: files must have a size from 1 to 20");
	}

	@Test
	void unknownDocumentIsRefused() {
		this.form.add("documents", "../application.yml");
		upload("a.txt", "first");
		assertThat(refused(HttpStatus.BAD_REQUEST)).isEqualTo("Unknown documents: [../application.yml]");
	}

	@Test
	void fileThatIsTooLargeIsRefused() {
		this.form.add("files", named("large.bin", new byte[10 * 1024 * 1024 + 1]));
		assertThat(refused(HttpStatus.CONTENT_TOO_LARGE))
			.isEqualTo("The files are too large: each may have up to 10 MB, all together up to 25 MB");
	}

	private void upload(String name, String content) {
		this.form.add("files", named(name, content.getBytes(StandardCharsets.UTF_8)));
	}

	private static ByteArrayResource named(String name, byte[] content) {
		return new ByteArrayResource(content) {

			@Override
			public String getFilename() {
				return name;
			}

		};
	}

	private ResponseSpec send() {
		return this.client.post().uri("/exports").contentType(MediaType.MULTIPART_FORM_DATA).body(this.form).exchange();
	}

	private ExportTicket accepted() {
		ExportTicket ticket = send().expectStatus()
			.isAccepted()
			.expectBody(ExportTicket.class)
			.returnResult()
			.getResponseBody();
		assertThat(this.postPhases).ran("pack-upload").times(1).withOutcome(PostPhaseOutcome.COMPLETED);
		return ticket;
	}

	private String refused(HttpStatusCode status) {
		ProblemDetail problem = send().expectStatus()
			.isEqualTo(status)
			.expectBody(ProblemDetail.class)
			.returnResult()
			.getResponseBody();
		assertThat(this.postPhases).didNotRun("pack-upload");
		return problem.getDetail();
	}

	@SuppressWarnings("unchecked")
	private Map<String, Object> status(String path) {
		return this.client.get().uri(path).exchange().expectBody(Map.class).returnResult().getResponseBody();
	}

	private Map<String, String> archive(ExportTicket ticket) throws IOException {
		assertThat(this.exports.find(ticket.id()).orElseThrow().state()).isEqualTo(ExportState.READY);
		byte[] archive = this.client.get()
			.uri("/exports/{id}/archive", ticket.id())
			.exchange()
			.expectBody(byte[].class)
			.returnResult()
			.getResponseBody();
		Map<String, String> entries = new TreeMap<>();
		try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
			for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
				entries.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
			}
		}
		return entries;
	}

	private static String document() throws IOException {
		return new ClassPathResource("documents/price-list.csv").getContentAsString(StandardCharsets.UTF_8);
	}

}
