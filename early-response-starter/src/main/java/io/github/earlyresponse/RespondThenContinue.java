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
 * Makes a Spring MVC handler method respond to its client at once; the named
 * {@linkplain PostPhase post-phases} run after the response is complete on the wire, off
 * the request thread.
 * <p>
 * By default, they run if the handler returned normally, none of its
 * {@link org.springframework.validation.BindingResult BindingResult} arguments has
 * errors, its transaction was not rolled back and the status of the response is below
 * 400, whether or not the client is still connected. They are independent of one another:
 * each has its own outcome, and they may run concurrently. Capacity for all of them is
 * reserved before the handler runs; without capacity, the client gets a 503 and the
 * handler is not called (see {@link PostPhaseRejectedException}).
 * <p>
 * The response itself is produced by Spring MVC, exactly as without this annotation. A
 * {@code @Transactional} handler has committed before the first byte is sent.
 * <p>
 * Only a Spring MVC dispatch continues: calling the method from a test or from another
 * bean is a plain call. If an advice retries the handler, as with {@code @Retryable}, its
 * last attempt counts; a handler that has {@linkplain EarlyResponse#send sent} its
 * response is not retried. For work that is only known at run time, omit the names and
 * use an {@link AfterResponse} parameter; to send the response in the middle of the
 * method, use an {@link EarlyResponse}.
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
	 * requires an {@link AfterResponse} or {@link EarlyResponse}.
	 * @return the names of the post-phases
	 */
	@AliasFor("value")
	String[] then() default {};

	/**
	 * The responses after which the post-phases run: {@link ContinueOn#SUCCESS} by
	 * default.
	 * @return when to continue
	 */
	ContinueOn on() default ContinueOn.SUCCESS;

	/**
	 * An additional condition, as a Spring Expression Language (SpEL) expression. If it
	 * evaluates to {@code false} or {@code null}, the post-phases end as
	 * {@link PostPhaseOutcome#SKIPPED}, including those added with {@link AfterResponse}.
	 * Empty by default, which means no condition.
	 * <p>
	 * It is evaluated once per request, as soon as the result is known and only if
	 * {@link #on()} has not already ruled out the post-phases. It can use
	 * <ul>
	 * <li>the arguments of the handler: {@code #form}, or by position {@code #a0} or
	 * {@code #p0}</li>
	 * <li>{@code #result}: the handler's result as its post-phases receive it, unwrapped
	 * from a {@code ResponseEntity} or an asynchronous type; {@code null} after an
	 * exception</li>
	 * <li>beans: {@code @features.isActive('mail')}</li>
	 * </ul>
	 * It is parsed at startup. If it throws an exception, the response is not affected
	 * and the post-phases end as {@link PostPhaseOutcome#FAILED}. The rest of a handler
	 * that sends its response with {@link EarlyResponse} does not depend on it.
	 * @return the expression
	 */
	String condition() default "";

	/**
	 * What to do if the client is known to have disconnected before it got the whole
	 * response: {@link OnClientAbort#CONTINUE} by default.
	 * @return what to do about an aborted response
	 */
	OnClientAbort onClientAbort() default OnClientAbort.CONTINUE;

	/**
	 * Whether a request that is repeated gets the response that it got before: with the
	 * same post-phases, and without a further call of the handler. {@code false} by
	 * default.
	 * <p>
	 * A client marks the repetitions of a request by the header {@code Idempotency-Key}.
	 * Requests without it are handled as without this attribute. The result of the
	 * handler is stored in its transaction, together with its post-phases, and kept for
	 * {@code early-response.idempotency.keep-for}. While the first request is being
	 * handled, a repetition gets a 409; the same key with other content gets a 422 (see
	 * {@link IdempotencyException}). Keys belong to the user and the handler. If the
	 * handler fails, is rolled back or responds with an error, nothing is kept and a
	 * repetition calls it again.
	 * <p>
	 * It requires a durable engine, which stores the results, and a handler that returns
	 * the body of its response or a {@code ResponseEntity}, of a type that can be written
	 * as JSON and read back. The first response, too, is made of the result as it was
	 * stored. An application with a handler that cannot be repeated does not start.
	 * @return whether requests can be repeated
	 */
	boolean idempotent() default false;

}
