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

package io.github.earlyresponse.context;

import io.github.earlyresponse.ContextCarrier;
import org.jspecify.annotations.Nullable;

/**
 * Carries context to the thread of a handler, whose request it belongs to, but not to its
 * post-phases.
 *
 * @param carrier carries the context
 */
public record HandlerOnlyCarrier(ContextCarrier carrier) implements ContextCarrier {

	@Override
	public @Nullable Context capture() {
		return this.carrier.capture();
	}

}
