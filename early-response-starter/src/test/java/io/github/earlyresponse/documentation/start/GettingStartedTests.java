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

package io.github.earlyresponse.documentation.start;

import java.util.List;

import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The first steps of README.md lead to an early response.
 */
@ExtendWith(OutputCaptureExtension.class)
class GettingStartedTests {

	@Test
	void exportIsAcceptedAndPackedAfterItsResponse(CapturedOutput output) throws Exception {
		try (RunningServer server = RunningServer.start(List.of(ExportController.class));
				RawHttpClient client = server.client()) {
			RawResponse response = client.post("/exports", "{\"documents\":[\"catalogue\"]}");
			assertThat(response.status()).isEqualTo(202);
			assertThat(response.body()).matches("\\{\"id\":\"[0-9a-f-]{36}\"}");
			server.awaitBalance();
			assertThat(output).containsPattern("Packing \\[catalogue] for [0-9a-f-]{36}, response SENT");
		}
	}

}
