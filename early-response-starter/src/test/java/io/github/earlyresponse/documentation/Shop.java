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

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.github.earlyresponse.Delivery;
import jakarta.servlet.http.HttpSession;

/**
 * What the examples of the documentation are about.
 */
final class Shop {

	private Shop() {
	}

	record ExportTicket(long id) {
	}

	record ExportRequest(List<String> documents) {

		static ExportRequest lastOf(long customer) {
			return new ExportRequest(List.of("customer-" + customer));
		}

	}

	record Order(String item) {
	}

	record Receipt(String item) {
	}

	record Report(long id) {
	}

	record Letter(String text, List<String> recipients) {
	}

	record Album(List<String> pictures) {
	}

	record Item(String name) {
	}

	record Basket(List<Item> items) {

		static Basket of(HttpSession session) {
			return (session.getAttribute("basket") instanceof Basket basket) ? basket : new Basket(List.of());
		}

		Basket with(Item item) {
			List<Item> more = new ArrayList<>(this.items);
			more.add(item);
			return new Basket(more);
		}

	}

	record Deletion(boolean hadDocuments) {
	}

	/**
	 * What the examples have done, in their order.
	 */
	static class Journal {

		private final Queue<String> entries = new ConcurrentLinkedQueue<>();

		void add(String entry) {
			this.entries.add(entry);
		}

		List<String> entries() {
			return List.copyOf(this.entries);
		}

		void clear() {
			this.entries.clear();
		}

	}

	static class Tickets {

		ExportTicket issue(ExportRequest request) {
			return new ExportTicket(request.documents().size());
		}

	}

	static class Customers {

		Deletion delete(long id) {
			return new Deletion(id > 0);
		}

	}

	record Documents(Journal journal) {

		void purge(long customer) {
			this.journal.add("purged " + customer);
		}

	}

	static class Orders {

		Receipt place(Order order) {
			return new Receipt(order.item());
		}

		Receipt pay(Order order) {
			throw new IllegalStateException("no money for " + order.item());
		}

	}

	record Mailer(Journal journal) {

		void confirm(Receipt receipt, Delivery delivery) {
			this.journal.add("confirmed " + receipt.item() + ", " + delivery);
		}

		void warn(Order order, Throwable failure) {
			this.journal.add("warned of " + failure.getMessage());
		}

		void send(Letter letter, String recipient) {
			this.journal.add(letter.text() + " " + recipient);
		}

		void suggest(Basket basket) {
			this.journal.add("suggested more than " + basket.items().size());
		}

	}

	record Reports(Journal journal) {

		Report find(long id) {
			return new Report(id);
		}

		void rememberForNextVisit(Report report) {
			this.journal.add("remembered " + report.id());
		}

	}

}
