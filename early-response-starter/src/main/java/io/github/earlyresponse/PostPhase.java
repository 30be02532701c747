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
 * Marks a bean method as a post-phase: work that runs after the response of a
 * {@linkplain RespondThenContinue handler}.
 * <p>
 * By default, its name is the name of the method, and its time limit is
 * {@code early-response.timeout}. It is called through the proxy of its bean, so
 * {@code @Transactional} works, with the security context, observation, MDC, locale and
 * time zone of the request.
 * <p>
 * Its parameters are bound by name and type from
 * <ul>
 * <li>the early result, that is the handler's result, unwrapped from a
 * {@code ResponseEntity} or an asynchronous type; if several values have the type, it is
 * bound to the parameter named {@code result},</li>
 * <li>the handler's arguments; strings, numbers and similar types by name only. Uploads
 * are kept until the post-phases of their request have ended,</li>
 * <li>{@link PostPhaseContext} and {@link RequestSnapshot},</li>
 * <li>a {@code Throwable}: the handler's exception, {@code null} if there is none.</li>
 * </ul>
 * Types that are bound to the request, such as {@code HttpServletRequest}, are rejected
 * at startup, as are parameters that match no value or more than one.
 * <p>
 * An exception ends the post-phase as {@link PostPhaseOutcome#FAILED} and is logged once;
 * it never reaches the client, which already has its response.
 * <p>
 * On the {@link EarlyResponse} parameter of a handler, it specifies the name and the time
 * limit of the post-phase that the rest of that handler is.
 *
 * @see RespondThenContinue
 * @see AfterResponse#call(String, Object...)
 */
@Target({ ElementType.METHOD, ElementType.PARAMETER, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective
public @interface PostPhase {

	/**
	 * Alias for {@link #name()}.
	 * @return the name of the post-phase
	 */
	@AliasFor("name")
	String value() default "";

	/**
	 * The name of the post-phase, unique in the application: visible characters only, and
	 * at most 200. Defaults to the name of the method; for a parameter, to that of the
	 * class and the handler, as in {@code OrderController.order}.
	 * @return the name of the post-phase
	 */
	@AliasFor("value")
	String name() default "";

	/**
	 * The time limit of an attempt, counted from its start: a duration such as
	 * {@code 90s}, {@code 10m} or {@code PT10M}, a number of milliseconds, or a
	 * placeholder for one, from 1 ms to 365 days; {@code 0} means no limit. Defaults to
	 * {@code early-response.timeout}. At the limit, the thread is interrupted and the
	 * outcome is {@link PostPhaseOutcome#TIMED_OUT}.
	 * @return the time limit
	 */
	String timeout() default "";

	/**
	 * When a failed attempt is retried. By default, {@code early-response.retry.*}
	 * applies, and that is not at all unless {@code early-response.retry.max-retries} is
	 * set. Not allowed on a parameter: the rest of a handler cannot be run again.
	 * @return the retry policy
	 */
	Retry retry() default @Retry;

	/**
	 * Whether the post-phase is stored before the response, in the transaction of the
	 * handler if there is one, so that it is not lost with the process: another process
	 * runs it if this one dies. Its arguments are stored as JSON. Requires
	 * {@code early-response.durable.engine}; the application does not start without it.
	 * Not allowed on a parameter.
	 * @return whether the post-phase is durable
	 */
	boolean durable() default false;

	/**
	 * Earlier names of a durable post-phase, by which calls may still be stored.
	 * @return the earlier names
	 */
	String[] aliases() default {};

	/**
	 * The type of the cursor that the post-phase gives to
	 * {@link PostPhaseContext#checkpoint(Object)}. If set, the application does not start
	 * with a type that the checkpoint of a durable post-phase cannot have, and cursors of
	 * other types are rejected. By default, both show in the first attempt.
	 * @return the type, {@link Object} if it is not specified
	 */
	Class<?> checkpointType() default Object.class;

}
