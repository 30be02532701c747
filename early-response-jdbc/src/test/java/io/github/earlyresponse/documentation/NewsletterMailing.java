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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.LongStream;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import org.jspecify.annotations.Nullable;

/**
 * As in docs/durability.md.
 */
class NewsletterMailing {

	private final Customers customers = new Customers();

	private final Mailer mailer = new Mailer();

	@PostPhase(value = "mail-newsletter", durable = true, checkpointType = Long.class)
	void mail(Newsletter newsletter, PostPhaseContext context) {
		Long last = context.lastCheckpoint(Long.class);
		for (Customer customer : this.customers.after(last)) {
			this.mailer.send(customer, newsletter);
			context.checkpoint(customer.id());
		}
	}

	Queue<Long> sent() {
		return this.mailer.sent;
	}

	record Newsletter(String subject) {

	}

	private record Customer(long id) {

	}

	private static final class Customers {

		List<Customer> after(@Nullable Long last) {
			return LongStream.rangeClosed((last != null) ? last + 1 : 1, 5).mapToObj(Customer::new).toList();
		}

	}

	/**
	 * Cannot send the third letter at first.
	 */
	private static final class Mailer {

		private final Queue<Long> sent = new ConcurrentLinkedQueue<>();

		private boolean down = true;

		void send(Customer customer, Newsletter newsletter) {
			if (customer.id() == 3 && this.down) {
				this.down = false;
				throw new IllegalStateException(newsletter + " cannot be sent");
			}
			this.sent.add(customer.id());
		}

	}

}
