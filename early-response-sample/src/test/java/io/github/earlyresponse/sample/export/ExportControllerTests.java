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

import java.nio.file.Path;

import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.test.AutoConfigurePostPhases;
import io.github.earlyresponse.test.PostPhases;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Post-phases that run inline are part of the transaction of the test, which leaves
 * nothing in the database.
 */
@SpringBootTest
@AutoConfigureMockMvc
@AutoConfigurePostPhases(inline = true)
@Transactional
class ExportControllerTests {

	@TempDir
	private static Path directory;

	@Autowired
	private MockMvcTester mvc;

	@Autowired
	private PostPhases postPhases;

	@Autowired
	private JdbcClient jdbc;

	@DynamicPropertySource
	static void exportDirectory(DynamicPropertyRegistry properties) {
		properties.add("sample.export.directory", () -> directory);
	}

	@Test
	void exportIsPackedOnceTheRequestReturns() {
		assertThat(this.mvc.post().uri("/exports").contentType(MediaType.APPLICATION_JSON).content("""
				{"documents": ["price-list.csv"]}""")).hasStatus(HttpStatus.ACCEPTED);
		assertThat(this.postPhases).ranOnly("pack-export");
		assertThat(this.postPhases).ran("pack-export").withOutcome(PostPhaseOutcome.COMPLETED);
		assertThat(this.jdbc.sql("select state from export").query(String.class).single())
			.isEqualTo(ExportState.READY.name());
		assertThat(directory).isNotEmptyDirectory();
	}

	@Test
	void exportOfUnknownDocumentsIsNotPacked() {
		assertThat(this.mvc.post().uri("/exports").contentType(MediaType.APPLICATION_JSON).content("""
				{"documents": ["price-list.xls"]}""")).hasStatus(HttpStatus.BAD_REQUEST);
		assertThat(this.postPhases).didNotRun("pack-export");
		assertThat(this.jdbc.sql("select count(*) from export").query(Integer.class).single()).isZero();
	}

}
