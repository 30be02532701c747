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

package io.github.earlyresponse.sample.customer;

import java.util.List;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

@Repository
class CustomerRepository {

	private final JdbcClient jdbc;

	private final JdbcTemplate batches;

	CustomerRepository(JdbcClient jdbc, JdbcTemplate batches) {
		this.jdbc = jdbc;
		this.batches = batches;
	}

	int count(String segment) {
		return this.jdbc.sql("select count(*) from customer where :segment in ('all', segment, city)")
			.param("segment", segment)
			.query(Integer.class)
			.single();
	}

	List<Customer> find(String segment, int offset, int limit) {
		return this.jdbc.sql("""
				select id, name, email, city, segment from customer
				where :segment in ('all', segment, city)
				order by id limit :limit offset :offset""")
			.param("segment", segment)
			.param("limit", limit)
			.param("offset", offset)
			.query(Customer.class)
			.list();
	}

	@Transactional
	void addAll(List<Customer> customers) {
		this.batches.batchUpdate("insert into customer (id, name, email, city, segment) values (?, ?, ?, ?, ?)",
				customers, 1000, (statement, customer) -> {
					statement.setLong(1, customer.id());
					statement.setString(2, customer.name());
					statement.setString(3, customer.email());
					statement.setString(4, customer.city());
					statement.setString(5, customer.segment());
				});
	}

}
