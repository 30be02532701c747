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

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.http.ProblemDetail;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@AutoConfigureRestTestClient
class CustomerTests {

	@Autowired
	private RestTestClient client;

	@Test
	void threeThousandCustomersComeWithTheSample() {
		assertThat(page("").total()).isEqualTo(3000);
		assertThat(page("?segment=online").total()).isEqualTo(2000);
		assertThat(page("?segment=till").total()).isEqualTo(600);
	}

	@Test
	void customersAreFoundByCityPageByPage() {
		CustomerPage first = page("?segment=Porto&size=10");
		CustomerPage second = page("?segment=Porto&size=10&page=1");
		assertThat(first.customers()).hasSize(10).allMatch((customer) -> customer.city().equals("Porto"));
		assertThat(second.customers()).hasSize(10).doesNotContainAnyElementsOf(first.customers());
	}

	@Test
	void pageWithoutCustomersIsRefused() {
		ProblemDetail problem = this.client.get()
			.uri("/customers?size=0")
			.exchange()
			.expectStatus()
			.isBadRequest()
			.expectBody(ProblemDetail.class)
			.returnResult()
			.getResponseBody();
		assertThat(problem.getDetail()).isEqualTo("Refused: size must be at least 1");
	}

	private CustomerPage page(String query) {
		return this.client.get()
			.uri("/customers" + query)
			.exchange()
			.expectBody(CustomerPage.class)
			.returnResult()
			.getResponseBody();
	}

}
