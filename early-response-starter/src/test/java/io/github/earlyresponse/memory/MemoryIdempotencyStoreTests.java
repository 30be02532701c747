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

package io.github.earlyresponse.memory;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.github.earlyresponse.engine.IdempotencyClaim;
import io.github.earlyresponse.engine.IdempotencyClaim.Granted;
import io.github.earlyresponse.engine.IdempotencyClaim.InProgress;
import io.github.earlyresponse.engine.IdempotencyClaim.OtherContent;
import io.github.earlyresponse.engine.IdempotencyClaim.Repeated;
import io.github.earlyresponse.engine.IdempotentRequest;
import io.github.earlyresponse.engine.StoredResult;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link MemoryIdempotencyStore}.
 */
class MemoryIdempotencyStoreTests {

	private static final StoredResult RESULT = new StoredResult(202, Map.of(), "body", List.of("id"));

	private final MemoryIdempotencyStore store = new MemoryIdempotencyStore(Duration.ofHours(1));

	@Test
	void resultIsRepeatedAfterTheResponse() {
		Granted claim = (Granted) claim("a", "1");
		assertThat(claim("a", "1")).isInstanceOf(InProgress.class);
		claim.store(RESULT);
		assertThat(claim("a", "1")).isInstanceOf(InProgress.class);
		claim.end(true);
		assertThat(claim("a", "1")).isEqualTo(new Repeated(RESULT));
		assertThat(claim("a", "2")).isInstanceOf(OtherContent.class);
		assertThat(claim("b", "2")).isInstanceOf(Granted.class);
	}

	@Test
	void failureIsForgotten() {
		Granted claim = (Granted) claim("a", "1");
		claim.store(RESULT);
		claim.end(false);
		assertThat(claim("a", "2")).isInstanceOf(Granted.class);
	}

	@Test
	void resultExpires() {
		MemoryIdempotencyStore store = new MemoryIdempotencyStore(Duration.ofMillis(10));
		IdempotentRequest request = new IdempotentRequest("a", "1", String.class, "handler");
		Granted claim = (Granted) store.claim(request);
		claim.store(RESULT);
		claim.end(true);
		await().until(() -> store.claim(request) instanceof Granted);
	}

	@Test
	void firstClaimsAreForgottenBeyondTheLimit() {
		for (int i = 0; i <= 10_000; i++) {
			claim("a" + i, "1");
		}
		assertThat(claim("a0", "1")).isInstanceOf(Granted.class);
		assertThat(claim("a10000", "1")).isInstanceOf(InProgress.class);
	}

	private IdempotencyClaim claim(String id, String fingerprint) {
		return this.store.claim(new IdempotentRequest(id, fingerprint, String.class, "handler"));
	}

}
