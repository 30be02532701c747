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
 * middle of the method: what follows {@code send} is the post-phase.
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
 * outside of a transaction, which would be committed only after its success was told. A
 * method that returns without calling it is answered with an error. What is sent is
 * written as the body of the response, as if it were returned from a
 * {@code @ResponseBody} method: {@code @ResponseStatus}, {@code @JsonView}, advices and
 * exception handlers of Spring MVC apply. An exception before {@code send} is the
 * request's, an exception after it is the post-phase's.
 * <p>
 * The method runs on a thread of its own, which never waits for post-phases before
 * {@code send}. The request, its scope and its session can be used before {@code send}
 * and not afterwards. Room is reserved before the method runs. The rest of the method is
 * accounted for as any post-phase, under the name of the handler, as in
 * {@code OrderController.order}, and with the time limit of
 * {@code early-response.timeout}; {@link PostPhase @PostPhase} on the parameter gives it
 * others. It goes on whether or not the client is still there: {@code send} tells; only
 * with {@link OnClientAbort#SKIP} it ends there, with a {@code CancellationException}.
 * Uploads are kept until the end.
 * <p>
 * The method and the request have threads of their own. What {@link ContextCarrier}s take
 * along is on that of the method, until {@code send} as it was when the method was called
 * and afterwards as it was at {@code send}; nothing goes back. What others bind to the
 * thread of the request is not there, such as the session of
 * {@code spring.jpa.open-in-view}, so load all that is sent; and a lock that is held
 * around the handler, as with {@code synchronizeOnSession}, must not be taken in it.
 *
 * @param <T> the type of the body
 */
public interface EarlyResponse<T> {

	/**
	 * The id of the post-phase that the rest of the method is going to be.
	 * @return the id
	 */
	String id();

	/**
	 * Sends the response without a body.
	 * @return what became of the response
	 * @see #send(Object)
	 */
	Delivery send();

	/**
	 * Sends the response and returns when it is complete and there is a thread for the
	 * rest of the method.
	 * @param body the body of the response
	 * @return what became of the response; {@link Delivery#ABORTED} if the client has
	 * gone
	 * @throws EarlyResponseFailedException if the body could not be written, so that the
	 * client got an error response
	 * @throws IllegalStateException if the response was sent before, if a transaction is
	 * active, or if this is not the thread of the handler
	 * @throws java.util.concurrent.CancellationException if the rest of the method must
	 * not run, because it was cancelled, the application is shutting down, or the client
	 * has gone and {@link OnClientAbort#SKIP} is set; let it pass
	 */
	Delivery send(@Nullable T body);

	/**
	 * Sends the response with a status and headers.
	 * @param response the response
	 * @return what became of the response; {@link Delivery#ABORTED} if the client has
	 * gone
	 * @throws EarlyResponseFailedException if the body could not be written, so that the
	 * client got an error response
	 * @throws IllegalStateException if the response was sent before, if a transaction is
	 * active, or if this is not the thread of the handler
	 * @throws java.util.concurrent.CancellationException if the rest of the method must
	 * not run, because it was cancelled, the application is shutting down, or the client
	 * has gone and {@link OnClientAbort#SKIP} is set; let it pass
	 */
	Delivery send(ResponseEntity<? extends T> response);

	/**
	 * The post-phase that the rest of the method is.
	 * @return the context of the post-phase
	 * @throws IllegalStateException if the response was not sent so far
	 */
	PostPhaseContext context();

}
