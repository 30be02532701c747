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

package io.github.earlyresponse.jdbc;

import java.util.function.Supplier;

import io.github.earlyresponse.call.PostPhaseMethod;
import io.github.earlyresponse.call.PostPhaseRegistry;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Checks at start-up that the arguments of durable post-phases can be stored.
 */
final class DurableMethodChecks implements SmartInitializingSingleton {

	private final Supplier<PostPhaseRegistry> registry;

	private final Supplier<JsonMapper> jsonMapper;

	DurableMethodChecks(Supplier<PostPhaseRegistry> registry, Supplier<JsonMapper> jsonMapper) {
		this.registry = registry;
		this.jsonMapper = jsonMapper;
	}

	@Override
	public void afterSingletonsInstantiated() {
		PayloadTypes types = new PayloadTypes(this.jsonMapper.get());
		this.registry.get().methods().stream().filter(PostPhaseMethod::isDurable).forEach(types::check);
	}

}
