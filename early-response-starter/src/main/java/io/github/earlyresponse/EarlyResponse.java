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

import org.springframework.http.ResponseEntity;

/**
 * A parameter of a {@link RespondThenContinue} handler that sends the response in the
 * middle of the method: the code after {@code send} is the post-phase.
 *
 * <pre class="code">
 * &#064;PostMapping("/orders")
 * &#064;ResponseStatus(HttpStatus.CREATED)
 * &#064;RespondThenContinue
 * void order(&#064;RequestBody Order order, &#064;PostPhase(timeout = "1m") EarlyResponse&lt;Receipt&gt; early) {
 *     Receipt receipt = this.orders.place(order);
 *     Delivery delivery = early.send(receipt);
 *     this.mailer.confirm(receipt);
 * }</pre>
 * <p>
 * The handler returns {@code void} and calls {@code send} once, on its own thread and
 * outside a transaction, because the response would report success before the commit. If
 * a method returns without calling it, the response is an error. The body is written as
 * if it were returned from a {@code @ResponseBody} method: {@code @ResponseStatus},
 * {@code @JsonView}, advices and exception handlers of Spring MVC apply. An exception
 * before {@code send} is handled as that of the request, an exception after it as that of
 * the post-phase.
 * <p>
 * The method runs on a separate thread, which never waits for post-phases before
 * {@code send}. The request, its scope and its session can only be used before
 * {@code send}. Capacity is reserved before the method runs. The rest of the method is
 * accounted for like any post-phase, under the name of the handler, as in
 * {@code OrderController.order}, and with the time limit of
 * {@code early-response.timeout}, unless {@link PostPhase @PostPhase} on the parameter
 * specifies others. It runs whether or not the client is still connected, which
 * {@code send} returns; only with {@link OnClientAbort#SKIP} does {@code send} throw a
 * {@code CancellationException} instead. Uploads are kept until the method ends.
 * <p>
 * The context of {@link ContextCarrier}s is available on the thread of the method, until
 * {@code send} as it was when the method was called and afterwards as it was at
 * {@code send}; changes are not propagated back to the request thread. Anything else that
 * is bound to the request thread is not available, such as the session of
 * {@code spring.jpa.open-in-view}, so load everything that is sent. The method must not
 * acquire a lock that is held around the handler, as with {@code synchronizeOnSession}.
 *
 * @param <T> the type of the body
 */
public interface EarlyResponse<T> {

	/**
	 * Return the id of the post-phase that the rest of the method will be.
	 * @return the id
	 */
	String id();

	/**
	 * Send the response without a body.
	 * @return the delivery of the response
	 * @see #send(Object)
	 */
	Delivery send();

	/**
	 * Send the response. Returns when it is complete and there is room for another
	 * post-phase to run, on the thread of the method.
	 * @param body the body of the response
	 * @return the delivery of the response; {@link Delivery#ABORTED} if the client has
	 * disconnected
	 * @throws EarlyResponseFailedException if the body could not be written, so that the
	 * client got an error response
	 * @throws IllegalStateException if the response was already sent, if a transaction is
	 * active, or if this is not the thread of the handler
	 * @throws java.util.concurrent.CancellationException if the rest of the method must
	 * not run, because it was cancelled, the application is shutting down, or the client
	 * has disconnected and {@link OnClientAbort#SKIP} is set; do not catch it
	 */
	Delivery send(@Nullable T body);

	/**
	 * Send the response with a status and headers.
	 * @param response the response
	 * @return the delivery of the response; {@link Delivery#ABORTED} if the client has
	 * disconnected
	 * @throws EarlyResponseFailedException if the body could not be written, so that the
	 * client got an error response
	 * @throws IllegalStateException if the response was already sent, if a transaction is
	 * active, or if this is not the thread of the handler
	 * @throws java.util.concurrent.CancellationException if the rest of the method must
	 * not run, because it was cancelled, the application is shutting down, or the client
	 * has disconnected and {@link OnClientAbort#SKIP} is set; do not catch it
	 */
	Delivery send(ResponseEntity<? extends T> response);

	/**
	 * Return the context of the post-phase that the rest of the method is.
	 * @return the context of the post-phase
	 * @throws IllegalStateException if the response has not been sent yet
	 */
	PostPhaseContext context();

}
