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
 * Takes one kind of thread-bound context from the request to its post-phases. Security,
 * observation, MDC, locale and time zone have theirs; a bean of this type adds another,
 * for instance the tenant.
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
	 * Copies the context of the current thread. Called on the request thread when the
	 * handler returns; for one that {@linkplain EarlyResponse sends}, when it is called,
	 * when it sends, and when its rest begins. An exception fails the request.
	 * @return the context as a value that does not refer to the request, {@code null} if
	 * there is none
	 */
	@Nullable Context capture();

	/**
	 * A copied context.
	 */
	@FunctionalInterface
	interface Context {

		/**
		 * Puts the context on the current thread. Called once for each post-phase of the
		 * request, perhaps on several threads at a time, and for the thread of a handler
		 * that {@linkplain EarlyResponse sends}.
		 * @return what takes it off again, called on the same thread whatever happens
		 */
		Scope open();

	}

	/**
	 * A context that is on the current thread.
	 */
	@FunctionalInterface
	interface Scope extends AutoCloseable {

		/**
		 * Puts the thread back to where it was.
		 */
		@Override
		void close();

	}

}
