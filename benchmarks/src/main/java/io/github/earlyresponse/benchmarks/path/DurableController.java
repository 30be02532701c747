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

package io.github.earlyresponse.benchmarks.path;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.RespondThenContinue;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Controller;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;

/**
 * Handlers that insert a row in a transaction, and a durable post-phase.
 */
@Controller
class DurableController {

	private final JdbcTemplate jdbc;

	private volatile Runnable work = () -> {
	};

	DurableController(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
		jdbc.execute("create table if not exists orders (id varchar(40) primary key, text varchar(400))");
	}

	/**
	 * Sets what post-phases do.
	 */
	void work(Runnable work) {
		this.work = work;
	}

	@GetMapping("/plain")
	@Transactional
	Integer plain(Integer number, Order order) {
		insert(order);
		return number;
	}

	@GetMapping("/durable")
	@Transactional
	@RespondThenContinue("confirm")
	Integer durable(Integer number, Order order) {
		insert(order);
		return number;
	}

	@PostPhase(durable = true)
	void confirm(Order order) {
		this.work.run();
	}

	private void insert(Order order) {
		this.jdbc.update("insert into orders values (?, ?)", order.id(), order.text());
	}

}
