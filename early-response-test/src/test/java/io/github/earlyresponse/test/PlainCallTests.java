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

package io.github.earlyresponse.test;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.EarlyResponse;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;

/**
 * Tests that a handler can be called as a method.
 */
class PlainCallTests {

	@Test
	void mockShowsWhatTheHandlerSent() {
		EarlyResponse<String> early = mock();
		given(early.send(any(String.class))).willReturn(Delivery.SENT);
		Shop shop = new Shop();
		shop.early(early);
		then(early).should().send("early");
		assertThat(shop.ranOn()).isSameAs(Thread.currentThread());
	}

}
