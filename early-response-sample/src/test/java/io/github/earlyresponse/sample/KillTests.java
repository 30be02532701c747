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
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A process that is killed while it sends a campaign, and the next one that goes on.
 */
class KillTests {

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private static final String RECORDS = "state = 'SENT' and recorded_at <= timestamp with time zone '%s'";

	@TempDir
	private Path folder;

	@Test
	void nextProcessSendsTheRest() throws Exception {
		int recorded;
		String campaign;
		String unchanged;
		try (SampleProcess first = SampleProcess.ofClasses(this.folder, "--sample.campaign.pause=500ms",
				"--sample.node=first")) {
			assertThat(first.log()).contains("Delete " + this.folder);
			campaign = "/campaigns/" + json(first.post("/campaigns", """
					{"subject": "Plums", "text": "Dear {name}", "segment": "online"}""").body()).get("id").asString();
			await().atMost(TIMEOUT).until(() -> json(first.get(campaign).body()).get("sent").asInt() > 0);
			first.kill();
			recorded = count("state = 'SENT'");
			assertThat(recorded).isBetween(1, 1900);
			unchanged = RECORDS.formatted(query("select max(recorded_at) from delivery"));
			assertThat(count(unchanged)).isEqualTo(recorded);
		}
		try (SampleProcess second = SampleProcess.ofClasses(this.folder, "--sample.node=second")) {
			await().atMost(TIMEOUT)
				.untilAsserted(() -> assertThat(json(second.get(campaign).body()).get("state").asString())
					.isEqualTo("COMPLETED"));
			JsonNode finished = json(second.get("/campaigns").body()).get(0);
			assertThat(finished.get("sent").asInt()).isEqualTo(2000);
			assertThat(finished.get("pending").asInt()).isZero();
			assertThat(finished.get("attempt").asInt()).isEqualTo(2);
			assertThat(finished.get("resumedFrom").asInt()).isEqualTo(recorded + 1);
			assertThat(finished.get("node").asString()).isEqualTo("second");
			HttpResponse<String> nodes = second.get(campaign + "/nodes");
			assertThat(nodes.headers().firstValue("Node")).hasValue("second");
			assertThat(nodes.body()).isEqualTo("""
					[{"node":"first","letters":%d},{"node":"second","letters":%d}]""".formatted(recorded,
					2000 - recorded));
			assertThat(json(second.get("/mailbox").body()).get("received").asInt()).isEqualTo(2000 - recorded);
			await().atMost(TIMEOUT)
				.untilAsserted(
						() -> assertThat(json(second.get("/actuator/earlyresponse").body()).get("inFlight").asInt())
							.isZero());
			second.stop();
		}
		assertThat(count("state = 'SENT'")).isEqualTo(2000);
		assertThat(count(unchanged)).as("records of the first process").isEqualTo(recorded);
		assertThat(query("select count(*) from early_response_post_phase")).isEqualTo("0");
	}

	private static JsonNode json(String text) {
		return JsonMapper.shared().readTree(text);
	}

	private int count(String condition) throws SQLException {
		return Integer.parseInt(query("select count(*) from delivery where " + condition));
	}

	private String query(String sql) throws SQLException {
		String url = "jdbc:h2:file:" + this.folder.resolve("db") + ";IFEXISTS=TRUE";
		try (Connection connection = DriverManager.getConnection(url, "sa", "");
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery(sql)) {
			result.next();
			return result.getString(1);
		}
	}

}
