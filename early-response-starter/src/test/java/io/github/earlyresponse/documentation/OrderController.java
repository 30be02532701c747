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

import io.github.earlyresponse.ContinueOn;
import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.documentation.Shop.Journal;
import io.github.earlyresponse.documentation.Shop.Mailer;
import io.github.earlyresponse.documentation.Shop.Order;
import io.github.earlyresponse.documentation.Shop.Orders;
import io.github.earlyresponse.documentation.Shop.Receipt;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
class OrderController {

	private final Orders orders = new Orders();

	private final Mailer mailer;

	OrderController(Journal journal) {
		this.mailer = new Mailer(journal);
	}

	@PostMapping("/orders")
	@ResponseStatus(HttpStatus.CREATED)
	@RespondThenContinue
	void order(@RequestBody Order order, @PostPhase(timeout = "1m") EarlyResponse<Receipt> early) {
		Receipt receipt = this.orders.place(order);
		Delivery delivery = early.send(receipt);
		this.mailer.confirm(receipt, delivery);
	}

	@PostMapping("/payments")
	@RespondThenContinue(then = "payment-failed", on = ContinueOn.FAILURE)
	Receipt pay(@RequestBody Order order) {
		return this.orders.pay(order);
	}

	@PostPhase("payment-failed")
	void paymentFailed(Order order, Throwable failure) {
		this.mailer.warn(order, failure);
	}

}
