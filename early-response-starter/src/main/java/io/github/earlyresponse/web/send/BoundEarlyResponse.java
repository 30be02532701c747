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

package io.github.earlyresponse.web.send;

import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.EarlyResponseFailedException;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.call.WaitingHandler;
import io.github.earlyresponse.run.LoggableFailure;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.http.ResponseEntity;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/**
 * The parameter of a handler, made before the handler is admitted and bound to its call
 * then.
 */
public final class BoundEarlyResponse implements EarlyResponse<Object> {

	private static final boolean transactionsPresent = ClassUtils.isPresent(
			"org.springframework.transaction.support.TransactionSynchronizationManager",
			BoundEarlyResponse.class.getClassLoader());

	private static final Log logger = LogFactory.getLog(BoundEarlyResponse.class);

	private volatile @Nullable Rendezvous rendezvous;

	private final SentBody body;

	private @Nullable RequestAttributes attributesAfterwards;

	private volatile @Nullable Call call;

	private volatile @Nullable PostPhaseContext context;

	/**
	 * What the handler threw after it had sent.
	 */
	private @Nullable Throwable failure;

	private @Nullable Throwable repetition;

	/**
	 * What failed when its response was written.
	 */
	private volatile @Nullable Throwable sendFailure;

	BoundEarlyResponse(SentBody body) {
		this.body = body;
	}

	/**
	 * Binds the parameter to the call of its handler.
	 * @param call the call
	 */
	public void bind(Call call) {
		this.call = call;
	}

	/**
	 * The call that the parameter is bound to.
	 * @return the call, {@code null} if there is none
	 */
	public @Nullable Call call() {
		return this.call;
	}

	/**
	 * Runs the handler on a thread of its own, as if that were the current one, and waits
	 * until it has sent its response. If it throws before that it can be run again.
	 * @param threads where it runs
	 * @param context the context that goes along
	 * @param handler the handler
	 * @throws Throwable what the handler threw before it sent
	 */
	public void runHandler(HandlerThreads threads, ContextCarrier.Context context, Handler handler) throws Throwable {
		RequestAttributes attributes = RequestContextHolder.currentRequestAttributes();
		Rendezvous rendezvous = new Rendezvous();
		this.rendezvous = rendezvous;
		rendezvous.meet(threads, () -> {
			ContextCarrier.Scope scope = context.open();
			RequestAttributes previous = RequestContextHolder.getRequestAttributes();
			try {
				this.attributesAfterwards = previous;
				RequestContextHolder.setRequestAttributes(attributes);
				rendezvous.call(handler::run);
			}
			finally {
				RequestContextHolder.setRequestAttributes(previous);
				close(scope);
			}
		});
	}

	private static void close(ContextCarrier.Scope scope) {
		try {
			scope.close();
		}
		catch (RuntimeException ex) {
			logger.warn("The context of a handler could not be removed from its thread", LoggableFailure.of(ex));
		}
	}

	/**
	 * The handler returned.
	 * @throws IllegalStateException if it has not sent its response
	 */
	public void checkSent() {
		this.body.checkSent();
	}

	/**
	 * An attempt at calling the handler threw.
	 * @param failure what it threw
	 */
	public void threw(Throwable failure) {
		if (isSent() && this.failure == null) {
			this.failure = failure;
		}
	}

	/**
	 * The handler is going to be tried again, which it cannot once it has sent: it would
	 * do its work twice, and fail at sending.
	 * @throws Throwable what it threw after it had sent
	 */
	public void checkNotSentByAnEarlierAttempt() throws Throwable {
		if (isSent() && this.failure != null) {
			throw this.failure;
		}
		Assert.state(!isSent(), "A handler that has sent its response cannot be tried again");
	}

	/**
	 * What ended the handler, where it was tried again with no notice being taken and
	 * failed at sending once more.
	 * @param failure what was thrown in the end
	 * @return what it threw after it had sent
	 */
	public Throwable origin(Throwable failure) {
		return (failure == this.repetition && this.failure != null) ? this.failure : failure;
	}

	/**
	 * Whether the handler has sent its response.
	 * @return whether {@code send} was called
	 */
	public boolean isSent() {
		return this.body.isSent();
	}

	/**
	 * The handler, which waits for the rest of it to run.
	 * @param failure what failed after the handler had sent, {@code null} if nothing did
	 * @return the handler
	 */
	public WaitingHandler remainder(@Nullable Throwable failure) {
		Rendezvous rendezvous = this.rendezvous;
		Assert.state(rendezvous != null, "The handler has not run");
		return new WaitingHandler() {

			@Override
			public void resume(Run run) {
				BoundEarlyResponse.this.sendFailure = failure;
				rendezvous.resume(run);
			}

			@Override
			public void resumeAndWait(Run run) {
				BoundEarlyResponse.this.sendFailure = failure;
				rendezvous.resumeAndWait(run);
			}

		};
	}

	/**
	 * Ends the handler where it sent, because its rest will not run; nothing if it does.
	 */
	public void withdraw() {
		Rendezvous rendezvous = this.rendezvous;
		if (rendezvous != null) {
			rendezvous.withdraw();
		}
	}

	@Override
	public String id() {
		return boundCall().id();
	}

	@Override
	public Delivery send() {
		return send((Object) null);
	}

	@Override
	public Delivery send(ResponseEntity<?> response) {
		return send((Object) response);
	}

	@Override
	public Delivery send(@Nullable Object body) {
		Call call = boundCall();
		Rendezvous rendezvous = this.rendezvous;
		Assert.state(rendezvous != null && rendezvous.isHere(),
				"The response is sent by the thread of its handler only");
		checkNotSent();
		Assert.state(!transactionsPresent || !Transactions.isActive(),
				"A transaction is active: the response would be sent before the commit. Send after the transaction has ended.");
		call.beforeSend(body);
		this.body.send(body);
		RequestContextHolder.setRequestAttributes(this.attributesAfterwards);
		PostPhaseContext context = rendezvous.sendAndWait();
		this.context = context;
		Throwable failure = this.sendFailure;
		if (failure != null && context.delivery() != Delivery.ABORTED) {
			throw new EarlyResponseFailedException("What was sent could not be written", failure);
		}
		return context.delivery();
	}

	@Override
	public PostPhaseContext context() {
		PostPhaseContext context = this.context;
		Assert.state(context != null, "The post-phase begins when the response was sent");
		return context;
	}

	private void checkNotSent() {
		try {
			this.body.checkNotSent();
		}
		catch (IllegalStateException ex) {
			this.repetition = ex;
			throw ex;
		}
	}

	private Call boundCall() {
		Call call = this.call;
		Assert.state(call != null,
				"The handler was not called by a dispatch of Spring MVC on the thread of its request. An advice around it "
						+ "must call it on that thread.");
		return call;
	}

	/**
	 * The call of a handler, as its parameter sees it.
	 */
	public interface Call {

		/**
		 * The id of the post-phase that the rest of the handler is.
		 * @return the id
		 */
		String id();

		/**
		 * The handler sends its response. Called on its thread.
		 * @param body what it sends
		 */
		void beforeSend(@Nullable Object body);

	}

	/**
	 * Calls a handler.
	 */
	@FunctionalInterface
	public interface Handler {

		/**
		 * Calls the handler.
		 * @throws Throwable what the handler throws
		 */
		void run() throws Throwable;

	}

}
