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
 * Adds post-phases of a {@link RespondThenContinue} handler that are only known at run
 * time: as a parameter of the handler, or as a bean if the signature of the handler is
 * fixed.
 * <p>
 * Capacity for one post-phase is reserved before the handler runs, in addition to the
 * names in the annotation, if the handler has this parameter, if the bean is injected
 * into the handler's controller, or if the annotation has no names. Each further call
 * reserves its own and throws {@link PostPhaseRejectedException}, which becomes a 503, if
 * there is none. With {@code early-response.when-saturated=enqueue} and without capacity,
 * the handler runs all the same, and what is reserved is capacity for a durable
 * post-phase that waits in the store: any other throws that exception. The post-phases
 * run under the same conditions ({@code on}, {@code onClientAbort}) as the named ones.
 * <p>
 * Can be used until the handler's result is known, that is until it returns or
 * {@linkplain EarlyResponse#send sends}, and by an asynchronous handler on its other
 * threads too. If an advice retries the handler, as with {@code @Retryable}, post-phases
 * added by attempts before the last are {@link PostPhaseOutcome#SKIPPED}.
 * <p>
 * The bean delegates to the handler that runs in the request of the current thread;
 * elsewhere, it throws an {@link IllegalStateException}. It can be called by the handler
 * and by code that the handler calls on its thread. The other threads of an asynchronous
 * handler have no request and need the parameter.
 *
 * <pre class="code">
 * &#064;DeleteMapping("/customers/{id}")
 * &#064;RespondThenContinue
 * void delete(&#064;PathVariable long id, AfterResponse after) {
 *     boolean documents = this.customers.delete(id);
 *     if (documents) {
 *         after.run("purge-documents", (context) -&gt; this.documents.purge(id));
 *     }
 * }</pre>
 */
public interface AfterResponse {

	/**
	 * Run the given task after the response, with the time limit of
	 * {@code early-response.timeout}.
	 * @param name the name in logs and metrics; one of a few fixed names, never built
	 * from an id or client input
	 * @param task the work
	 * @return the id of the accepted post-phase
	 * @throws PostPhaseRejectedException if there is no capacity for it
	 * @throws IllegalArgumentException if the name is empty, has more than 200
	 * characters, or contains control characters, line separators or bidirectional
	 * formatting characters
	 * @throws IllegalStateException if the handler has returned or sent its response, or
	 * if the bean is called while no annotated handler runs
	 */
	String run(String name, PostPhaseTask task);

	/**
	 * Call a {@link PostPhase} method after the response.
	 * @param name the name of the post-phase
	 * @param arguments the values for its parameters, in order, without those of the
	 * types {@link PostPhaseContext}, {@link RequestSnapshot} and {@link Throwable},
	 * which are added automatically; uploads are kept for it. An array that fits the only
	 * parameter, as in {@code call("pack", files)} with a {@code MultipartFile[]}, is
	 * that argument; cast an {@code Object[]} to {@code Object} to pass it to a parameter
	 * of the type {@code Object}
	 * @return the id of the accepted post-phase
	 * @throws PostPhaseRejectedException if there is no capacity for it
	 * @throws IllegalArgumentException if there is no such post-phase or the arguments do
	 * not fit its parameters
	 * @throws IllegalStateException if the handler has returned or sent its response, or
	 * if the bean is called while no annotated handler runs
	 */
	String call(String name, @Nullable Object... arguments);

	/**
	 * Return the id of a post-phase that the annotation of the handler names. Stored with
	 * what the handler stores, it is how a {@link PostPhaseListener} finds that, even if
	 * the post-phase ends before it has started. <pre class="code">
	 * &#064;PostMapping("/campaigns")
	 * &#064;Transactional
	 * &#064;RespondThenContinue("send-campaign")
	 * Campaign accept(&#064;RequestBody Letter letter, AfterResponse after) {
	 *     return this.campaigns.add(letter, after.id("send-campaign"));
	 * }</pre>
	 * @param name the name of the post-phase; for the rest of a handler that
	 * {@linkplain EarlyResponse sends}, that of the rest
	 * @return the id
	 * @throws IllegalArgumentException if the annotation does not name it
	 * @throws IllegalStateException if the bean is called while no annotated handler runs
	 */
	String id(String name);

}
