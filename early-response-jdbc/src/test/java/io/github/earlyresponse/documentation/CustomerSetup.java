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
import io.github.earlyresponse.PostPhaseContext;

/**
 * As in docs/checkpoints.md.
 */
class CustomerSetup {

	private final Services services;

	CustomerSetup(Services services) {
		this.services = services;
	}

	enum Step {

		ACCOUNT, MAILBOX, WELCOME

	}

	@PostPhase(value = "set-up-customer", durable = true, checkpointType = Step.class)
	void setUp(String customer, PostPhaseContext context) {
		Step last = context.lastCheckpoint(Step.class);
		for (Step step : Step.values()) {
			if (last == null || step.compareTo(last) > 0) {
				switch (step) {
					case ACCOUNT -> this.services.openAccount(customer);
					case MAILBOX -> this.services.createMailbox(customer);
					case WELCOME -> this.services.sendWelcome(customer);
				}
				context.checkpoint(step);
			}
		}
	}

	interface Services {

		void openAccount(String customer);

		void createMailbox(String customer);

		void sendWelcome(String customer);

	}

}
