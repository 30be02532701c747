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
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Retry policy of a {@link PostPhase}: the attributes of Spring Framework's
 * {@code @Retryable}, with durations as strings. Every attribute that is not set has the
 * value of its property {@code early-response.retry.*}.
 *
 * <pre class="code">
 * &#064;PostPhase(value = "post-webhook", retry = &#064;Retry(maxRetries = 5, delay = "2s", multiplier = 2))
 * void post(Order order) {
 *     this.webhooks.post(order);
 * }</pre>
 *
 * An attempt that throws an exception or reaches its time limit is retried; one that was
 * cancelled is not. Between two attempts the post-phase keeps its capacity but no thread.
 *
 * @see RetryLaterException
 * @see PostPhaseContext#attempt()
 */
@Target({})
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Retry {

	/**
	 * The maximum number of retries after the first attempt, at most 1,000,000; {@code 0}
	 * means that it is not retried. Defaults to {@code early-response.retry.max-retries}.
	 * @return the number of retries
	 */
	long maxRetries() default -1;

	/**
	 * The delay before the first retry: a duration such as {@code 500ms}, {@code 10s} or
	 * {@code PT10S}, a number of milliseconds, or a placeholder for one, from 1 ms to 365
	 * days. Defaults to {@code early-response.retry.delay}.
	 * @return the delay
	 */
	String delay() default "";

	/**
	 * The multiplier of the delay for each further retry, at least {@code 1}. Defaults to
	 * {@code early-response.retry.multiplier}.
	 * @return the multiplier
	 */
	double multiplier() default 0;

	/**
	 * The maximum delay, as a duration like {@link #delay()}. Defaults to
	 * {@code early-response.retry.max-delay}.
	 * @return the maximum delay
	 */
	String maxDelay() default "";

	/**
	 * The jitter: a random duration, at most this, that is added to or subtracted from
	 * the delay; {@code 0} for none. The {@link #multiplier()} applies to it as well. The
	 * result is never less than {@link #delay()} or more than {@link #maxDelay()}.
	 * Defaults to {@code early-response.retry.jitter}.
	 * @return the jitter
	 */
	String jitter() default "";

	/**
	 * The time since its acceptance after which a post-phase is not retried any more,
	 * however many retries are left and however far it has got, as a duration like
	 * {@link #delay()}. It then fails; a durable one becomes a dead letter. If that is
	 * replayed, the time begins anew. Defaults to
	 * {@code early-response.retry.give-up-after}, or
	 * {@code early-response.durable.retry.give-up-after} for a durable post-phase, and
	 * that is not set.
	 * @return the time
	 */
	String giveUpAfter() default "";

	/**
	 * The exceptions that are retried, subtypes included; also as causes. Defaults to all
	 * exceptions. An attempt that reached its time limit counts as a
	 * {@link java.util.concurrent.TimeoutException}.
	 * @return the exception types
	 */
	Class<? extends Throwable>[] includes() default {};

	/**
	 * The exceptions that are not retried, subtypes included; also as causes.
	 * @return the exception types
	 */
	Class<? extends Throwable>[] excludes() default {};

}
