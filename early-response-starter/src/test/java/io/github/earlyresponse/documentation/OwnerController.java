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

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.documentation.Shop.Customers;
import io.github.earlyresponse.documentation.Shop.Documents;
import io.github.earlyresponse.documentation.Shop.Journal;

import org.springframework.web.bind.annotation.RestController;

@RestController
class OwnerController implements OwnersApi {

	private final Customers owners = new Customers();

	private final AfterResponse after;

	private final Documents documents;

	OwnerController(AfterResponse after, Journal journal) {
		this.after = after;
		this.documents = new Documents(journal);
	}

	@Override
	@RespondThenContinue
	public void deleteOwner(Long id) {
		if (this.owners.delete(id).hadDocuments()) {
			this.after.run("purge-documents", (context) -> this.documents.purge(id));
		}
	}

}
