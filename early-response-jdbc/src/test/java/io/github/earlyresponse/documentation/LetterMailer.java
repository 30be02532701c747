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

import java.util.List;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;

/**
 * As in docs/checkpoints.md.
 */
class LetterMailer {

	private final Customers customers;

	private final Mails mails;

	LetterMailer(Customers customers, Mails mails) {
		this.customers = customers;
		this.mails = mails;
	}

	@PostPhase(value = "send-letters", durable = true, checkpointType = Long.class)
	void send(Letter letter, PostPhaseContext context) {
		Long last = context.lastCheckpoint(Long.class);
		for (Customer customer : this.customers.after((last != null) ? last : 0)) {
			this.mails.send(customer, letter);
			context.checkpoint(customer.id());
		}
	}

	interface Customers {

		/**
		 * In the order of their ids.
		 */
		List<Customer> after(long id);

	}

	interface Mails {

		void send(Customer customer, Letter letter);

	}

	record Letter(String subject) {

	}

	record Customer(long id, String email) {

	}

}
