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

package io.github.earlyresponse.documentation;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.documentation.Shop.Journal;
import io.github.earlyresponse.documentation.Shop.Order;
import io.github.earlyresponse.documentation.Shop.Receipt;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;

/**
 * A handler that sends in mid-method can be called as a method.
 */
class OrderControllerTests {

	private final Journal journal = new Journal();

	private final OrderController controller = new OrderController(this.journal);

	@Test
	void orderIsConfirmed() {
		Order order = new Order("knife");
		Receipt receipt = new Receipt("knife");
		EarlyResponse<Receipt> early = mock();
		given(early.send(any(Receipt.class))).willReturn(Delivery.SENT);
		this.controller.order(order, early);
		then(early).should().send(receipt);
		assertThat(this.journal.entries()).containsExactly("confirmed knife, SENT");
	}

}
