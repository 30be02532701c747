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

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A carrier whose context can be stored as text, so that it is also there in a durable
 * post-phase that runs on another node, or after a restart. The carriers that are built
 * in are of this type. The context of a carrier that is not is missing in durable
 * post-phases.
 *
 * <pre class="code">
 * &#064;Bean
 * ContextCarrier tenantCarrier() {
 *     return new TenantCarrier();
 * }
 *
 * class TenantCarrier implements StorableContextCarrier {
 *
 *     public String name() {
 *         return "tenant";
 *     }
 *
 *     public StorableContext capture() {
 *         return new TenantContext(Tenant.get());
 *     }
 *
 *     public Context restore(Map&lt;String, String&gt; values) {
 *         return new TenantContext(values.get("id"));
 *     }
 *
 *     record TenantContext(String tenant) implements StorableContext {
 *
 *         public Scope open() {
 *             String previous = Tenant.get();
 *             Tenant.set(this.tenant);
 *             return () -&gt; Tenant.set(previous);
 *         }
 *
 *         public Map&lt;String, String&gt; values() {
 *             return Map.of("id", this.tenant);
 *         }
 *
 *     }
 *
 * }</pre>
 */
public interface StorableContextCarrier extends ContextCarrier {

	/**
	 * Return the name under which the context is stored. It identifies the context of
	 * post-phases that were stored by an earlier version of the application.
	 * @return a name that no other carrier has, such as {@code "tenant"}
	 */
	String name();

	@Override
	@Nullable StorableContext capture();

	/**
	 * Restore a context that was stored. Called for each attempt of a durable post-phase,
	 * for which a context was captured. An exception means that the stored post-phase
	 * cannot be read.
	 * @param values the {@linkplain StorableContext#values() values} that were stored,
	 * possibly by another version of the application
	 * @return the context
	 */
	Context restore(Map<String, String> values);

	/**
	 * A captured context that can be stored.
	 */
	interface StorableContext extends Context {

		/**
		 * Return what is stored of the context, only called when it is going to be
		 * stored. It is stored as plain text: do not include credentials.
		 * @return the values by their names, which may be empty
		 */
		Map<String, String> values();

	}

}
