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

package io.github.earlyresponse.benchmarks.load;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Import;
import org.springframework.modulith.events.ApplicationModuleListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * An application whose handler inserts a row in a transaction, and publishes an event
 * that the event publication registry of Spring Modulith keeps in the database until its
 * listener has run.
 */
@EnableAutoConfiguration
@Import({ Orders.class, ModulithApplication.Controller.class, ModulithApplication.Listener.class })
public class ModulithApplication {

	/**
	 * Starts the application.
	 * @param args properties, as for any application of Spring Boot
	 */
	public static void main(String[] args) {
		SpringApplication.run(ModulithApplication.class, args);
	}

	@RestController
	static class Controller {

		private final Orders orders;

		private final ApplicationEventPublisher events;

		Controller(Orders orders, ApplicationEventPublisher events) {
			this.orders = orders;
			this.events = events;
		}

		@GetMapping("/modulith")
		@Transactional
		Order publish() {
			Order order = this.orders.insertFollowed();
			this.events.publishEvent(order);
			return order;
		}

		@GetMapping("/left")
		long left() {
			return this.orders.count("select count(*) from event_publication");
		}

		@GetMapping("/waits")
		String waits() {
			return this.orders.startTimes().summary();
		}

		@GetMapping("/done")
		long done() {
			return this.orders.startTimes().count();
		}

	}

	@Component
	static class Listener {

		private final Orders orders;

		Listener(Orders orders) {
			this.orders = orders;
		}

		@ApplicationModuleListener
		void confirm(Order order) {
			this.orders.follow(order.id());
		}

	}

}
