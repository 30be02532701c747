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

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.RequestSnapshot;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.documentation.Shop.Basket;
import io.github.earlyresponse.documentation.Shop.Item;
import io.github.earlyresponse.documentation.Shop.Journal;
import io.github.earlyresponse.documentation.Shop.Mailer;
import jakarta.servlet.http.HttpSession;

import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
class BasketController {

	private final Journal journal;

	private final Mailer mailer;

	BasketController(Journal journal) {
		this.journal = journal;
		this.mailer = new Mailer(journal);
	}

	@PostMapping("/basket")
	@RespondThenContinue({ "suggest-more", "audit" })
	Basket add(@RequestBody Item item, HttpSession session) {
		Basket basket = Basket.of(session).with(item);
		session.setAttribute("basket", basket);
		return basket;
	}

	@PostPhase("suggest-more")
	void suggestMore(Basket basket) {
		this.mailer.suggest(basket);
	}

	@PostPhase("audit")
	void audit(RequestSnapshot request) {
		this.journal.add(request.method() + " " + request.uri());
	}

}
