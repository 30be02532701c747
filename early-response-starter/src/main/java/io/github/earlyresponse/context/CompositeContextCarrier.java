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

/**
 * All carriers as one. Contexts are taken off in the opposite order of being put on, also
 * when one of them fails.
 */
public final class CompositeContextCarrier implements ContextCarrier {

	private final List<ContextCarrier> carriers;

	/**
	 * Creates the carrier.
	 * @param carriers the carriers, in the order in which they are put on
	 */
	public CompositeContextCarrier(List<ContextCarrier> carriers) {
		this.carriers = List.copyOf(carriers);
	}

	@Override
	public Context capture() {
		List<Context> contexts = new ArrayList<>(this.carriers.size());
		for (ContextCarrier carrier : this.carriers) {
			Context context = carrier.capture();
			if (context != null) {
				contexts.add(context);
			}
		}
		return () -> open(contexts);
	}

	private static Scope open(List<Context> contexts) {
		List<Scope> scopes = new ArrayList<>(contexts.size());
		try {
			for (Context context : contexts) {
				scopes.add(context.open());
			}
		}
		catch (Throwable ex) {
			try {
				closeAll(scopes);
			}
			catch (RuntimeException notClosed) {
				ex.addSuppressed(notClosed);
			}
			throw ex;
		}
		return () -> closeAll(scopes);
	}

	private static void closeAll(List<Scope> scopes) {
		RuntimeException failure = null;
		for (int i = scopes.size() - 1; i >= 0; i--) {
			try {
				scopes.get(i).close();
			}
			catch (Throwable ex) {
				if (failure == null) {
					failure = new IllegalStateException("Some context could not be taken off the thread");
				}
				failure.addSuppressed(ex);
			}
		}
		if (failure != null) {
			throw failure;
		}
	}

}
