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

import java.util.ArrayList;
import java.util.List;

import io.github.earlyresponse.ContextCarrier;
import org.jspecify.annotations.Nullable;

/**
 * All carriers as one. Contexts are taken off in the opposite order of being put on, also
 * when one of them fails.
 */
public final class CompositeContextCarrier implements ContextCarrier {

	private final ContextCarrier[] carriers;

	/**
	 * Creates the carrier.
	 * @param carriers the carriers, in the order in which they are put on
	 */
	public CompositeContextCarrier(List<ContextCarrier> carriers) {
		this.carriers = carriers.toArray(new ContextCarrier[0]);
	}

	/**
	 * Creates the carrier of what goes along to post-phases.
	 * @param carriers all carriers, in the order in which they are put on
	 * @return the carrier
	 */
	public static CompositeContextCarrier forPostPhases(List<ContextCarrier> carriers) {
		return new CompositeContextCarrier(
				carriers.stream().filter((carrier) -> !(carrier instanceof HandlerOnlyCarrier)).toList());
	}

	List<ContextCarrier> carriers() {
		return List.of(this.carriers);
	}

	@Override
	public Context capture() {
		@Nullable Context[] contexts = new @Nullable Context[this.carriers.length];
		for (int i = 0; i < contexts.length; i++) {
			contexts[i] = this.carriers[i].capture();
		}
		return new Captured(contexts);
	}

	private static Scope open(@Nullable Context[] contexts) {
		@Nullable Scope[] scopes = new @Nullable Scope[contexts.length];
		try {
			for (int i = 0; i < contexts.length; i++) {
				Context context = contexts[i];
				scopes[i] = (context != null) ? context.open() : null;
			}
		}
		catch (Throwable ex) {
			close(scopes).stream().filter((notClosed) -> notClosed != ex).forEach(ex::addSuppressed);
			throw ex;
		}
		return () -> {
			List<Throwable> failures = close(scopes);
			if (!failures.isEmpty()) {
				RuntimeException failure = new IllegalStateException("Some context could not be taken off the thread");
				failures.forEach(failure::addSuppressed);
				throw failure;
			}
		};
	}

	/**
	 * Closes all, the last one first.
	 * @return what could not be closed
	 */
	private static List<Throwable> close(@Nullable Scope[] scopes) {
		List<Throwable> failures = List.of();
		for (int i = scopes.length - 1; i >= 0; i--) {
			try {
				Scope scope = scopes[i];
				if (scope != null) {
					scope.close();
				}
			}
			catch (Throwable ex) {
				failures = new ArrayList<>(failures);
				failures.add(ex);
			}
		}
		return failures;
	}

	/**
	 * What was captured. It does not refer to the carriers: there is one for each
	 * request.
	 *
	 * @param contexts the context of each carrier, in their order
	 */
	@SuppressWarnings("ArrayRecordComponent")
	record Captured(@Nullable Context[] contexts) implements Context {

		@Override
		public Scope open() {
			return CompositeContextCarrier.open(this.contexts);
		}

	}

}
