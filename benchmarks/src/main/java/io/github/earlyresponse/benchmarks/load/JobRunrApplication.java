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

import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.scheduling.JobRequestScheduler;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * An application whose handler inserts a row in a transaction, and then enqueues a job
 * with JobRunr. That is another transaction, which the free version does not join.
 */
@EnableAutoConfiguration
@Import({ Orders.class, JobRunrApplication.Controller.class, JobRunrApplication.Confirmation.class })
public class JobRunrApplication {

	/**
	 * Starts the application.
	 * @param args properties, as for any application of Spring Boot
	 */
	public static void main(String[] args) {
		SpringApplication.run(JobRunrApplication.class, args);
	}

	/**
	 * A job that follows an order.
	 *
	 * @param order the order
	 */
	record Confirm(Order order) implements JobRequest {

		@Override
		public Class<Confirmation> getJobRequestHandler() {
			return Confirmation.class;
		}

	}

	@RestController
	static class Controller {

		private final Orders orders;

		private final TransactionOperations transaction;

		private final JobRequestScheduler scheduler;

		Controller(Orders orders, TransactionOperations transaction, JobRequestScheduler scheduler) {
			this.orders = orders;
			this.transaction = transaction;
			this.scheduler = scheduler;
		}

		@GetMapping("/jobrunr")
		Order enqueue() {
			Order order = this.transaction.execute((status) -> this.orders.insertFollowed());
			this.scheduler.enqueue(new Confirm(order));
			return order;
		}

		@GetMapping("/left")
		long left() {
			return this.orders.count("select count(*) from jobrunr_jobs where state <> 'SUCCEEDED'");
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

	/**
	 * Runs jobs. JobRunr cannot call a class that is not public.
	 */
	@Component
	public static class Confirmation implements JobRequestHandler<Confirm> {

		private final Orders orders;

		Confirmation(Orders orders) {
			this.orders = orders;
		}

		@Override
		public void run(Confirm request) {
			this.orders.follow(request.order().id());
		}

	}

}
