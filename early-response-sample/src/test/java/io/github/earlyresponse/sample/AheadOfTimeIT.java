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

package io.github.earlyresponse.sample;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The packaged application starts from what was processed ahead of time, and its handlers
 * continue.
 */
class AheadOfTimeIT {

	private static final Pattern MODULE = Pattern.compile("type=\"module\" src=\"([^\"]+)\"");

	@TempDir
	private Path directory;

	@Test
	void packagedApplicationContinuesItsHandlers() throws Exception {
		try (SampleProcess application = SampleProcess.start(this.directory,
				List.of("-Dspring.aot.enabled=true", "-jar", System.getProperty("sample.jar")))) {
			assertThat(application.log()).contains("Starting AOT-processed SampleApplication");
			assertContinues(application);
			assertServesPage(application);
			application.stop();
		}
	}

	private void assertContinues(SampleProcess application) throws Exception {
		HttpResponse<String> answer = application.post("/exports", "{\"documents\":[\"price-list.csv\"]}");
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
		await().untilAsserted(() -> assertThat(application.get("/actuator/prometheus").body()).containsPattern(
				"early_response_finished_post_phases_total\\{name=\"pack-export\",outcome=\"completed\"} 1"));
		String archive = answer.headers().firstValue("Location").orElseThrow() + "/archive";
		assertThat(application.get(archive).body()).isNotEmpty();
	}

	private void assertServesPage(SampleProcess application) throws Exception {
		String page = application.get("/").body();
		assertThat(page).contains("<title>Copperleaf Kitchen Goods</title>");
		Matcher module = MODULE.matcher(page);
		assertThat(module.find()).isTrue();
		assertThat(application.get("/" + module.group(1)))
			.satisfies((response) -> assertThat(response.statusCode()).isEqualTo(200))
			.satisfies((response) -> assertThat(response.headers().firstValue("Content-Type"))
				.hasValue("text/javascript"));
	}

}
