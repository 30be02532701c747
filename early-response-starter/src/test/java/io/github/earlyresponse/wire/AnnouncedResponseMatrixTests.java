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

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import io.github.earlyresponse.testsupport.HttpProtocol;
import io.github.earlyresponse.testsupport.HttpProtocol.Connection;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every kind of response announces its post-phases, and is the one of a plain handler
 * otherwise.
 */
class AnnouncedResponseMatrixTests {

	private static RunningServer announcing;

	private static RunningServer plain;

	@BeforeAll
	static void start() {
		announcing = start(FollowedShop.ENABLED);
		plain = start("early-response.enabled=false");
	}

	private static RunningServer start(String property) {
		return RunningServer.startSecured(
				List.of(ResponseController.class, ResponseController.Work.class, ResponseController.Web.class),
				RunningServer.EVERYTHING, "server.http2.enabled=true", "server.compression.enabled=true", property);
	}

	@AfterAll
	static void stop() {
		announcing.bean(ResponseController.Work.class).release();
		announcing.close();
		plain.close();
	}

	static Stream<Arguments> matrix() {
		List<HttpProtocol> protocols = List.of(HttpProtocol.HTTP_1_1, HttpProtocol.HTTP_1_1_HEAD, HttpProtocol.HTTP_2);
		return Arrays.stream(ResponseKind.values())
			.flatMap((kind) -> protocols.stream().map((protocol) -> Arguments.of(kind, protocol)));
	}

	@ParameterizedTest(name = "{0} over {1}")
	@MethodSource("matrix")
	void isTheOneOfAPlainHandlerButForItsAnnouncement(ResponseKind kind, HttpProtocol protocol) throws Exception {
		announcing.bean(ResponseController.Work.class).release();
		try (Connection reference = protocol.connect(plain.port());
				Connection connection = protocol.connect(announcing.port())) {
			reference.send(kind.expected().path(), kind.expected().headers());
			connection.send(kind.path(), kind.headers());
			RawResponse expected = reference.read();
			List<String> announcements = new ArrayList<>();
			String content = connection.read().content().lines().filter((line) -> {
				boolean announcement = line.matches("(?i)(post-phase-id|link): .*");
				if (announcement) {
					announcements.add(line);
				}
				return !announcement;
			}).reduce("", (all, line) -> all + line + "\n");
			assertThat(content).isEqualTo(expected.content().lines().reduce("", (all, line) -> all + line + "\n"));
			assertThat(announcements).hasSize(2);
		}
	}

}
