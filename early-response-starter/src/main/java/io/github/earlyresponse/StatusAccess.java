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

import org.springframework.web.context.request.WebRequest;

/**
 * Decides who may see the status of a post-phase, follow its events and, if
 * {@code early-response.status.cancellation} is {@code true}, cancel it. A bean of this
 * type replaces the default rule: the post-phase of a user is accessible to that user,
 * and one without a user to anyone who knows its id. If access is denied, the response is
 * the 404 of an unknown id.
 *
 * <pre class="code">
 * &#064;Bean
 * StatusAccess supportSeesAll() {
 *     return (request, postPhase) -&gt; {
 *         Principal user = request.getUserPrincipal();
 *         return request.isUserInRole("SUPPORT") || (user != null &amp;&amp; user.getName().equals(postPhase.owner()));
 *     };
 * }</pre>
 */
@FunctionalInterface
public interface StatusAccess {

	/**
	 * Return whether a request may access a post-phase. Called on the request thread; an
	 * exception is handled like that of a handler.
	 * @param request the request, as Spring MVC sees it
	 * @param postPhase the post-phase, in flight or finished, with its
	 * {@linkplain PostPhaseExecution#owner() owner}
	 * @return whether access is permitted
	 */
	boolean permits(WebRequest request, PostPhaseExecution postPhase);

}
