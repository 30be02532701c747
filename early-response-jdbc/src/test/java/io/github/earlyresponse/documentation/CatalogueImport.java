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
import org.jspecify.annotations.Nullable;

import org.springframework.web.client.RestClient;

/**
 * As in docs/checkpoints.md.
 */
class CatalogueImport {

	private final RestClient client;

	private final Products products;

	CatalogueImport(RestClient client, Products products) {
		this.client = client;
		this.products = products;
	}

	@PostPhase(value = "import-catalogue", durable = true, checkpointType = String.class)
	void importAll(PostPhaseContext context) {
		String next = context.lastCheckpoint(String.class);
		do {
			Page page = this.client.get()
				.uri("/products?page={page}", (next != null) ? next : "first")
				.retrieve()
				.body(Page.class);
			this.products.save(page.products());
			next = page.next();
			if (next != null) {
				context.checkpoint(next);
			}
		}
		while (next != null);
	}

	interface Products {

		/**
		 * Replaces those that are there already.
		 */
		void save(List<String> products);

	}

	record Page(List<String> products, @Nullable String next) {

	}

}
