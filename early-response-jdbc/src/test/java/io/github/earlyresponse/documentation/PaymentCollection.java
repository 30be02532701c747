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

import org.springframework.web.client.RestClient;

/**
 * As in docs/checkpoints.md.
 */
class PaymentCollection {

	private final RestClient client;

	private final Invoices invoices;

	PaymentCollection(RestClient client, Invoices invoices) {
		this.client = client;
		this.invoices = invoices;
	}

	@PostPhase(value = "collect-payments", durable = true, checkpointType = Long.class)
	void collect(PostPhaseContext context) {
		Long last = context.lastCheckpoint(Long.class);
		for (Invoice invoice : this.invoices.after((last != null) ? last : 0)) {
			this.client.post()
				.uri("/payments")
				.header("Idempotency-Key", context.id() + "-" + invoice.id())
				.body(invoice)
				.retrieve()
				.toBodilessEntity();
			context.checkpoint(invoice.id());
		}
	}

	interface Invoices {

		/**
		 * In the order of their ids.
		 */
		List<Invoice> after(long id);

	}

	record Invoice(long id, int cents) {

	}

}
