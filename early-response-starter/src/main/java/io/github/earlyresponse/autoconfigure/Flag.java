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

package io.github.earlyresponse.autoconfigure;

import java.util.function.Predicate;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * The properties that decide which beans there are. They are bound as those of
 * {@link EarlyResponseProperties} are, so that beans and properties never disagree.
 *
 * @see ConditionalOnFlag
 */
enum Flag {

	/**
	 * Whether annotated handlers continue after their response.
	 */
	ENABLED("early-response.enabled", EarlyResponseProperties::isEnabled),

	/**
	 * Whether a post-phase that asks for its request gets an exception.
	 */
	REQUEST_GUARD("early-response.context.request-guard", (properties) -> properties.getContext().isRequestGuard()),

	/**
	 * Whether the saturation counts for the readiness of the application.
	 */
	READINESS("early-response.health.readiness", (properties) -> properties.getHealth().isReadiness()),

	/**
	 * Whether a post-phase begins a trace of its own.
	 */
	LINKED("early-response.observation.linked", (properties) -> properties.getObservation().isLinked()),

	/**
	 * Whether clients can ask for the status of their post-phases.
	 */
	STATUS("early-response.status.enabled", (properties) -> properties.getStatus().isEnabled());

	private final String key;

	private final Predicate<EarlyResponseProperties> reader;

	Flag(String key, Predicate<EarlyResponseProperties> reader) {
		this.key = key;
		this.reader = reader;
	}

	String key() {
		return this.key;
	}

	/**
	 * What the environment says, or else the default.
	 * @param environment the environment
	 * @return whether it is on
	 * @throws org.springframework.boot.context.properties.bind.BindException if the value
	 * cannot be bound
	 */
	boolean isOn(Environment environment) {
		return Binder.get(environment)
			.bind(this.key, boolean.class)
			.orElseGet(() -> isOn(new EarlyResponseProperties()));
	}

	boolean isOn(EarlyResponseProperties properties) {
		return this.reader.test(properties);
	}

}
