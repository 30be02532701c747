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
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

import io.github.earlyresponse.DeadLetter;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;
import io.github.earlyresponse.test.AutoConfigurePostPhases;
import io.github.earlyresponse.test.PostPhases;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@AutoConfigureRestTestClient
@AutoConfigurePostPhases
class ExportTests {

	@TempDir
	private static Path directory;

	@Autowired
	private RestTestClient client;

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private ExportRepository exports;

	@Autowired
	private ExportPacker packer;

	@Autowired
	private ExportEndListener ends;

	@Autowired
	private PostPhases postPhases;

	@DynamicPropertySource
	static void exportDirectory(DynamicPropertyRegistry properties) {
		properties.add("sample.export.directory", () -> directory);
	}

	@BeforeEach
	void forgetExports() {
		this.jdbc.sql("delete from download").update();
		this.jdbc.sql("delete from export_document").update();
	}

	@Test
	void exportIsAnsweredWithATicketAndPackedAfterwards() throws Exception {
		ExportTicket ticket = accept("'price-list.csv', 'catalogue.md'");
		assertThat(ticket.documents()).isEqualTo(2);
		assertThat(ticket.finishedAt()).isNull();
		ExportTicket packed = packed(ticket.id());
		assertThat(packed.state()).isEqualTo(ExportState.READY);
		byte[] archive = fetch(ticket.id()).expectHeader()
			.contentType("application/zip")
			.expectHeader()
			.valueEquals(HttpHeaders.CONTENT_DISPOSITION,
					"attachment; filename=\"export-%s.zip\"".formatted(ticket.id()))
			.expectBody(byte[].class)
			.returnResult()
			.getResponseBody();
		assertThat(packed.bytes()).isEqualTo(archive.length);
		assertThat(unzip(archive)).containsOnly(Map.entry("catalogue.md", document("catalogue.md")),
				Map.entry("price-list.csv", document("price-list.csv")));
	}

	@Test
	void fetchIsRecordedAfterItsLastByte() {
		ExportTicket packed = packed(accept("'price-list.csv', 'release-notes.md'").id());
		packed(accept("'price-list.csv'").id());
		fetch(packed.id()).expectStatus().isOk();
		fetch(packed.id()).expectStatus().isOk();
		Statistics statistics = statistics();
		assertThat(statistics.downloads()).isEqualTo(new Statistics.Downloads(2, 2, 0, 2 * packed.bytes()));
		assertThat(statistics.documents()).containsExactly(new Statistics.DocumentUse("price-list.csv", 2, 2),
				new Statistics.DocumentUse("release-notes.md", 1, 2));
		assertThat(this.jdbc.sql("select distinct client from download").query(String.class).single())
			.isEqualTo("127.0.0.1");
	}

	@Test
	void fetchOfAPartIsRecordedAsAPart() {
		ExportTicket packed = packed(accept("'price-list.csv'").id());
		this.client.get()
			.uri("/exports/{id}/archive", packed.id())
			.header(HttpHeaders.RANGE, "bytes=100-199")
			.exchange()
			.expectStatus()
			.isEqualTo(HttpStatus.PARTIAL_CONTENT);
		assertThat(statistics().downloads()).isEqualTo(new Statistics.Downloads(1, 1, 0, 100));
	}

	@Test
	void headRequestIsNoDownload() {
		ExportTicket packed = packed(accept("'price-list.csv'").id());
		this.client.head().uri("/exports/{id}/archive", packed.id()).exchange().expectStatus().isOk();
		assertThat(statistics().downloads().total()).isZero();
	}

	@Test
	void archiveIsNotFoundBeforeItIsPacked() {
		UUID unpacked = this.exports.add(1, "16").id();
		ProblemDetail problem = fetch(unpacked).expectStatus()
			.isNotFound()
			.expectBody(ProblemDetail.class)
			.returnResult()
			.getResponseBody();
		assertThat(problem.getDetail()).isEqualTo("Export %s is PACKING and has no archive", unpacked);
		assertThat(this.postPhases).didNotRun("record-download");
		assertThat(statistics().downloads().total()).isZero();
	}

	@Test
	void cancelledExportSaysSo() {
		ExportTicket ticket = this.exports.add(1, "17");
		PostPhaseExecution execution = mock();
		given(execution.id()).willReturn("17");
		given(execution.name()).willReturn(ExportPacker.DOCUMENTS);
		this.ends.finished(new PostPhaseResult(execution, PostPhaseOutcome.CANCELLED, Duration.ZERO,
				new CancellationException("Cancelled before price-list.csv was packed")));
		ExportTicket cancelled = this.exports.find(ticket.id()).orElseThrow();
		assertThat(cancelled.state()).isEqualTo(ExportState.CANCELLED);
		assertThat(cancelled.failure()).contains("Cancelled before price-list.csv");
	}

	@Test
	void exportWhoseProcessesHaveDiedSaysSo() {
		ExportTicket ticket = this.exports.add(1, "18");
		this.ends.deadLettered(new DeadLetter("18", ExportPacker.DOCUMENTS, null, Instant.now(), Instant.now(), 3,
				"3 processes have died"));
		ExportTicket failed = this.exports.find(ticket.id()).orElseThrow();
		assertThat(failed.state()).isEqualTo(ExportState.FAILED);
		assertThat(failed.failure()).isEqualTo("3 processes have died");
	}

	@Test
	void exportThatWasPackedWhenTheProcessDiedStaysAsItIs() throws IOException {
		ExportTicket packed = packed(accept("'price-list.csv'").id());
		this.packer.pack(packed, new ExportRequest(Set.of("price-list.csv")), mock());
		assertThat(this.exports.find(packed.id())).contains(packed);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			{}                                                  | documents must not be empty
			{'documents': []}                                   | documents must not be empty
			{'documents': ['']}                                 | documents[] must not be blank
			{'documents': ['price-list.csv', 'price-list.xls']} | Unknown documents: [price-list.xls]
			{'documents': ['../application.yml']}               | Unknown documents: [../application.yml]
			""")
	void exportThatCannotBePackedIsRefused(String request, String detail) {
		ProblemDetail problem = post(request).expectStatus()
			.isBadRequest()
			.expectBody(ProblemDetail.class)
			.returnResult()
			.getResponseBody();
		assertThat(problem.getDetail()).contains(detail);
	}

	@Test
	void unknownExportIsNotFound() {
		fetch(UUID.randomUUID()).expectStatus().isNotFound();
		this.client.get().uri("/exports/{id}", UUID.randomUUID()).exchange().expectStatus().isNotFound();
		this.client.get().uri("/exports/..%2Fapplication/archive").exchange().expectStatus().isBadRequest();
	}

	private ExportTicket accept(String documents) {
		return post("{'documents': [%s]}".formatted(documents)).expectStatus()
			.isAccepted()
			.expectBody(ExportTicket.class)
			.returnResult()
			.getResponseBody();
	}

	private ResponseSpec post(String request) {
		return this.client.post()
			.uri("/exports")
			.contentType(MediaType.APPLICATION_JSON)
			.body(request.replace('\'', '"'))
			.exchange();
	}

	private ResponseSpec fetch(UUID id) {
		return this.client.get().uri("/exports/{id}/archive", id).exchange();
	}

	private ExportTicket packed(UUID id) {
		assertThat(this.postPhases).ran("pack-export").withOutcome(PostPhaseOutcome.COMPLETED);
		return this.exports.find(id).orElseThrow();
	}

	private Statistics statistics() {
		this.postPhases.awaitIdle();
		return this.client.get()
			.uri("/statistics")
			.exchange()
			.expectBody(Statistics.class)
			.returnResult()
			.getResponseBody();
	}

	private static Map<String, String> unzip(byte[] archive) throws IOException {
		Map<String, String> documents = new TreeMap<>();
		try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
			for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
				documents.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
			}
		}
		return documents;
	}

	private static String document(String name) throws IOException {
		return new ClassPathResource("documents/" + name).getContentAsString(StandardCharsets.UTF_8);
	}

}
