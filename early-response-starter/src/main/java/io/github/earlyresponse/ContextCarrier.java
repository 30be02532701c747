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

package io.github.earlyresponse;

import org.jspecify.annotations.Nullable;

/**
 * Propagates one kind of thread-bound context from the request to its post-phases.
 * Carriers for security, observation, MDC, locale and time zone are built in; a bean of
 * this type adds another, for instance for the tenant.
 *
 * <pre class="code">
 * &#064;Bean
 * ContextCarrier tenantCarrier() {
 *     return () -&gt; {
 *         String tenant = Tenant.get();
 *         return () -&gt; {
 *             String previous = Tenant.get();
 *             Tenant.set(tenant);
 *             return () -&gt; Tenant.set(previous);
 *         };
 *     };
 * }</pre>
 */
@FunctionalInterface
public interface ContextCarrier {

	/**
	 * Capture the context of the current thread. Called on the request thread when the
	 * handler returns, inside its transaction; for a handler that
	 * {@linkplain EarlyResponse sends}, when it is called and, on its own thread, when it
	 * sends. An exception does not affect the response: the post-phases end as
	 * {@link PostPhaseOutcome#FAILED FAILED} with that exception. Only when the context
	 * is captured to call a handler that sends, the request fails.
	 * @return the context as a value that does not refer to the request, or {@code null}
	 * if there is none
	 */
	@Nullable Context capture();

	/**
	 * A captured context.
	 */
	@FunctionalInterface
	interface Context {

		/**
		 * Set the context on the current thread. Called for each attempt of each
		 * post-phase of the request, possibly on several threads at once, and for the
		 * thread of a handler that {@linkplain EarlyResponse sends}, whose context is
		 * still set when that of its rest is set.
		 * @return the scope to close, always called on the same thread
		 */
		Scope open();

	}

	/**
	 * A context that is set on the current thread.
	 */
	@FunctionalInterface
	interface Scope extends AutoCloseable {

		/**
		 * Restore the previous state of the thread.
		 */
		@Override
		void close();

	}

}
