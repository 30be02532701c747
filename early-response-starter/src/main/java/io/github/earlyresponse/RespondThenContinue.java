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

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.aot.hint.annotation.Reflective;
import org.springframework.core.annotation.AliasFor;

/**
 * Makes a handler method of Spring MVC answer its client at once; the named
 * {@linkplain PostPhase post-phases} run after the response is complete on the wire, off
 * the request thread.
 * <p>
 * By default they run when the handler returned normally, none of its
 * {@link org.springframework.validation.BindingResult BindingResult} arguments has errors
 * and the status of the response is below 400, whether or not the client is still there.
 * They are independent of one another: each has its own outcome, and they may run at the
 * same time. Room for all of them is reserved before the body of the handler runs;
 * without room the client gets a 503 and the handler is not called (see
 * {@link PostPhaseRejectedException}).
 * <p>
 * The response itself is made by Spring MVC, exactly as without this annotation. A
 * {@code @Transactional} handler has committed before the first byte goes out.
 * <p>
 * Only a dispatch of Spring MVC continues: calling the method from a test or from another
 * bean is a plain call. Where an advice tries the handler again, as with
 * {@code @Retryable}, its last attempt counts; a handler that has
 * {@linkplain EarlyResponse#send sent} its response is not tried again. For work that is
 * decided at run time leave the names out and take an {@link AfterResponse} parameter; to
 * send the response in mid-method an {@link EarlyResponse}.
 *
 * <pre class="code">
 * &#064;PostMapping("/exports")
 * &#064;ResponseStatus(HttpStatus.ACCEPTED)
 * &#064;RespondThenContinue("pack-export")
 * ExportTicket export(&#064;RequestBody ExportRequest request) {
 *     return this.tickets.issue(request);
 * }</pre>
 *
 * @see PostPhase
 * @see AfterResponse
 * @see EarlyResponse
 */
@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective
public @interface RespondThenContinue {

	/**
	 * Alias for {@link #then()}.
	 * @return the names of the post-phases
	 */
	@AliasFor("then")
	String[] value() default {};

	/**
	 * The names of the post-phases that run after the response. None by default, which
	 * asks for an {@link AfterResponse} or {@link EarlyResponse}.
	 * @return the names of the post-phases
	 */
	@AliasFor("value")
	String[] then() default {};

	/**
	 * After which responses the post-phases run: {@link ContinueOn#SUCCESS} by default.
	 * @return when to continue
	 */
	ContinueOn on() default ContinueOn.SUCCESS;

	/**
	 * A further condition, an expression of the Spring Expression Language (SpEL). Where
	 * it is {@code false} or {@code null} the post-phases end as
	 * {@link PostPhaseOutcome#SKIPPED}, those that were decided with
	 * {@link AfterResponse} as well. Empty by default, which is no condition.
	 * <p>
	 * It is evaluated once for a request, as soon as the result is known and only if
	 * {@link #on()} does not rule the post-phases out before, and may use
	 * <ul>
	 * <li>the arguments of the handler: {@code #form}, or by their positions {@code #a0}
	 * or {@code #p0}</li>
	 * <li>{@code #result}: what the handler answers with, as its post-phases get it,
	 * taken out of a {@code ResponseEntity} or an asynchronous type; {@code null} after
	 * an exception</li>
	 * <li>beans: {@code @features.isActive('mail')}</li>
	 * </ul>
	 * It is parsed when the application starts. If it throws an exception, the response
	 * goes out nevertheless and the post-phases end as {@link PostPhaseOutcome#FAILED}.
	 * The rest of a handler that sends its response with {@link EarlyResponse} does not
	 * depend on it.
	 * @return the expression
	 */
	String condition() default "";

	/**
	 * What happens when the client is known to be gone before it got the whole response:
	 * {@link OnClientAbort#CONTINUE} by default.
	 * @return what to do about an aborted response
	 */
	OnClientAbort onClientAbort() default OnClientAbort.CONTINUE;

}
