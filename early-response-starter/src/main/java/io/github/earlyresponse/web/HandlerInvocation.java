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

package io.github.earlyresponse.web;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.OnClientAbort;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.RequestSnapshot;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.engine.PostPhaseRecord;
import io.github.earlyresponse.engine.Reservation;
import io.github.earlyresponse.engine.ResponseDelivery;
import io.github.earlyresponse.handler.ArgumentBinding;
import io.github.earlyresponse.handler.Condition;
import io.github.earlyresponse.handler.EarlyResult;
import io.github.earlyresponse.handler.HandlerPlan;
import io.github.earlyresponse.handler.Remainder;
import io.github.earlyresponse.web.request.GuardedArguments;
import io.github.earlyresponse.web.request.KeptUploads;
import io.github.earlyresponse.web.send.BoundEarlyResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.validation.Errors;
import org.springframework.web.method.HandlerMethod;

/**
 * One call of an annotated handler: what it was admitted with, what it answered, and the
 * post-phases that wait for the response.
 */
final class HandlerInvocation {

	/**
	 * In place of the number of an attempt.
	 */
	static final int NO_ATTEMPT = 0;

	private final HandlerMethod handler;

	private final HandlerPlan plan;

	private final GuardedArguments arguments;

	private final KeptUploads uploads;

	private final Reservation reservation;

	private final @Nullable BoundEarlyResponse earlyResponse;

	private final Attempts attempts = new Attempts();

	private @Nullable Verdict verdict;

	private State state = State.RUNNING;

	private boolean handedOver;

	private boolean stream;

	/**
	 * Whether the handler returned with errors in what it was sent.
	 */
	private boolean rejected;

	/** Why the dispatch to the handler failed alone, which is an include. */
	private @Nullable Throwable failure;

	private @Nullable Object result;

	private ContextCarrier.@Nullable Context context;

	private @Nullable RequestSnapshot request;

	private List<PostPhaseRecord> records = List.of();

	/**
	 * To be run at the end of each post-phase; set when they are recorded or skipped.
	 */
	private @Nullable Runnable release;

	HandlerInvocation(HandlerMethod handler, HandlerPlan plan, GuardedArguments arguments, KeptUploads uploads,
			Reservation reservation, @Nullable BoundEarlyResponse earlyResponse) {
		this.handler = handler;
		this.plan = plan;
		this.arguments = arguments;
		this.uploads = uploads;
		this.reservation = reservation;
		this.earlyResponse = earlyResponse;
		this.verdict = createVerdict();
	}

	private @Nullable Verdict createVerdict() {
		Condition condition = this.plan.condition();
		return (condition != null) ? new Verdict(() -> condition.isMet(this.arguments.values(), result())) : null;
	}

	private synchronized @Nullable Verdict verdict() {
		return this.verdict;
	}

	HandlerMethod handler() {
		return this.handler;
	}

	/**
	 * The handler is called once more in its dispatch.
	 * @param arguments what it is called with, which is guarded if it is called by an
	 * advice that tries it again
	 * @return {@code false} if it is another call, such as one that the handler makes
	 * itself, or comes when Spring MVC or the client has the result of the handler
	 */
	boolean callAgain(@Nullable Object[] arguments) {
		List<DecidedPostPhase> dropped;
		synchronized (this) {
			if (this.state == State.RUNNING || this.handedOver || this.release != null || isSent()) {
				return false;
			}
			this.state = State.RUNNING;
			this.result = null;
			this.rejected = false;
			this.verdict = createVerdict();
			this.arguments.guardAgain(this.plan.parameterTypes(), arguments, this.plan.uploads());
			dropped = this.attempts.reset();
		}
		drop(dropped);
		return true;
	}

	/**
	 * Spring MVC has what the handler threw, and does not call it again.
	 */
	synchronized void handOver() {
		this.handedOver = this.state != State.RUNNING;
	}

	/**
	 * Begins an attempt.
	 * @return its number, {@link #NO_ATTEMPT} if this is another call of the method, such
	 * as one that the handler makes itself
	 * @throws Throwable if the handler has sent its response: what it threw then, because
	 * it cannot be tried again
	 */
	int beginAttempt() throws Throwable {
		List<DecidedPostPhase> dropped;
		int number;
		synchronized (this) {
			if (!this.attempts.canBegin()) {
				return NO_ATTEMPT;
			}
			if (this.earlyResponse != null) {
				this.earlyResponse.checkNotSentByAnEarlierAttempt();
			}
			if ((this.state != State.RUNNING && this.state != State.ASYNC) || this.release != null) {
				return NO_ATTEMPT;
			}
			dropped = this.attempts.begin();
			number = this.attempts.number();
		}
		drop(dropped);
		return number;
	}

	/**
	 * Ends an attempt.
	 * @param number its number
	 * @param failure what it threw, {@code null} if it returned
	 */
	void endAttempt(int number, @Nullable Throwable failure) {
		synchronized (this) {
			this.attempts.end(number, failure != null);
		}
		if (failure != null && this.earlyResponse != null) {
			this.earlyResponse.threw(failure);
		}
	}

	/**
	 * What an attempt returned is subscribed to, perhaps once more.
	 * @param number the number of the attempt
	 */
	void subscribed(int number) {
		List<DecidedPostPhase> dropped = List.of();
		synchronized (this) {
			if (this.state != State.CLOSED && this.release == null) {
				dropped = this.attempts.subscribed(number);
			}
		}
		drop(dropped);
	}

	/**
	 * Another call of the method begins, which continues nothing.
	 */
	synchronized void enterOtherCall() {
		this.attempts.enter();
	}

	synchronized void leaveOtherCall() {
		this.attempts.leave();
	}

	private void drop(List<DecidedPostPhase> dropped) {
		for (DecidedPostPhase postPhase : dropped) {
			this.reservation.remove(postPhase.postPhase());
		}
	}

	/**
	 * Keeps the uploads that the post-phases take, before the handler runs: where that
	 * fails nothing has happened.
	 */
	void keepUploads() {
		for (int upload : this.plan.keptUploads()) {
			keep(this.arguments.values()[upload]);
		}
	}

	@Nullable Object keep(@Nullable Object uploads) {
		return this.uploads.keep(uploads);
	}

	/**
	 * Adds a post-phase at run time. Listeners are called under no lock.
	 */
	String add(String name, PostPhaseWork work) {
		checkOpen(name);
		PostPhaseExecution postPhase = this.reservation.add(name, work);
		try {
			add(name, new DecidedPostPhase(postPhase, work));
		}
		catch (IllegalStateException ex) {
			this.reservation.remove(postPhase);
			throw ex;
		}
		return postPhase.id();
	}

	private synchronized void add(String name, DecidedPostPhase postPhase) {
		checkOpen(name);
		this.attempts.add(postPhase);
	}

	private synchronized void checkOpen(String name) {
		Assert.state(this.release == null && (this.state == State.RUNNING || this.state == State.ASYNC),
				() -> "Post-phase '" + name + "' comes too late: the handler's result is already known");
	}

	/**
	 * Whether a post-phase may ask for a copy of the request.
	 */
	synchronized boolean asksForRequest() {
		return this.plan.snapshot() || !this.attempts.decided().isEmpty();
	}

	/**
	 * The handler returned or threw; what its post-phases need of the request is kept.
	 */
	synchronized void capture(ContextCarrier.Context context, @Nullable RequestSnapshot request) {
		this.context = context;
		this.request = request;
	}

	/**
	 * Whether the handler has neither returned nor thrown so far.
	 */
	synchronized boolean isRunning() {
		return this.state == State.RUNNING;
	}

	/**
	 * The handler returned. Where its last attempt threw, an advice has answered in its
	 * place: what the attempt decided on for a success is dropped.
	 */
	void returned(@Nullable Object returned) {
		List<DecidedPostPhase> dropped = settle(returned);
		drop(dropped);
		Verdict verdict = verdict();
		if (verdict != null && isSettled()) {
			verdict.evaluate();
		}
	}

	/**
	 * Takes the result.
	 * @return what is dropped
	 */
	private synchronized List<DecidedPostPhase> settle(@Nullable Object returned) {
		if (this.state == State.CLOSED) {
			return List.of();
		}
		this.rejected = hasErrors();
		if (EarlyResult.isAsync(returned)) {
			this.state = State.ASYNC;
			this.stream = EarlyResult.isStream(returned);
		}
		else {
			this.result = EarlyResult.unwrap(returned);
			this.state = State.RETURNED;
		}
		return (!this.plan.continuesOn(false)) ? this.attempts.takeThoseOfFailure() : List.of();
	}

	/**
	 * The handler's asynchronous result is there.
	 */
	void resolved(@Nullable Object result) {
		if (isAsync()) {
			drop(settle(result));
			ContextCarrier.Context context = context();
			Verdict verdict = verdict();
			if (verdict != null && context != null && isSettled()) {
				verdict.evaluateIn(context);
			}
		}
	}

	private synchronized boolean isAsync() {
		return this.state == State.ASYNC;
	}

	/**
	 * The handler threw.
	 */
	void threw() {
		fail();
		Verdict verdict = verdict();
		if (verdict != null && isSettled()) {
			verdict.evaluate();
		}
	}

	private synchronized void fail() {
		if (this.state != State.CLOSED) {
			this.state = State.FAILED;
		}
	}

	/**
	 * The dispatch to the handler failed, and not with it the whole request.
	 */
	synchronized void failed(Throwable failure) {
		if (this.failure == null) {
			this.failure = failure;
		}
	}

	private boolean hasErrors() {
		for (int errors : this.plan.errors()) {
			if (this.arguments.values()[errors] instanceof Errors argument && argument.hasErrors()) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Whether it can be said already if the condition is met, and this matters.
	 */
	private synchronized boolean isSettled() {
		boolean known = this.state == State.RETURNED || (this.state == State.ASYNC && this.stream);
		if (known && !this.rejected && !this.attempts.isRolledBack()) {
			return true;
		}
		return (known || this.state == State.FAILED) && this.plan.continuesOn(false);
	}

	private synchronized @Nullable Object result() {
		return this.result;
	}

	private synchronized ContextCarrier.@Nullable Context context() {
		return this.context;
	}

	/**
	 * Whether the post-phases run after such a response.
	 */
	private boolean continuesOn(boolean success) {
		ContextCarrier.Context context = context();
		if (context == null || !this.plan.continuesOn(success)) {
			return false;
		}
		Verdict verdict = verdict();
		if (verdict == null) {
			return true;
		}
		verdict.evaluateIn(context);
		return verdict.continues();
	}

	/**
	 * The transaction of an attempt ended with a rollback, whatever the handler returns.
	 */
	synchronized void rolledBack(int attempt) {
		this.attempts.rolledBack(attempt);
	}

	/**
	 * Whether the handler did its work: its result is known, was no exception, has no
	 * errors of a form, and was not rolled back. A stream that its client broke off has
	 * done what it could.
	 */
	synchronized boolean hasSucceeded(ResponseDelivery response) {
		boolean brokenOff = this.state == State.ASYNC && this.stream && response.delivery() == Delivery.ABORTED;
		return (this.state == State.RETURNED || brokenOff) && this.failure == null && !this.rejected
				&& !this.attempts.isRolledBack();
	}

	/**
	 * Whether a post-phase runs after an error response, as the rest of the handler does
	 * when what it sent failed.
	 */
	boolean awaitsErrorResponse() {
		return this.plan.continuesOn(false) || isSent();
	}

	/**
	 * The id of the post-phase that the rest of the handler is.
	 */
	String remainderId() {
		return remainder().id();
	}

	private PostPhaseExecution remainder() {
		return this.reservation.named().get(this.plan.bindings().size());
	}

	/**
	 * The post-phases that follow the response, as far as can be known before it is
	 * complete.
	 * @param success whether it is going to be the response of a success
	 */
	synchronized Stream<PostPhaseExecution> expected(boolean success) {
		boolean run = this.plan.continuesOn(success && this.state != State.FAILED && this.failure == null
				&& !this.rejected && !this.attempts.isRolledBack())
				&& (this.verdict == null || this.verdict.isKnownToContinue());
		Stream<PostPhaseExecution> expected = Stream.empty();
		if (run) {
			expected = Stream.concat(this.reservation.named().stream().limit(this.plan.bindings().size()),
					List.copyOf(this.attempts.decided()).stream().map(DecidedPostPhase::postPhase));
		}
		return isSent() ? Stream.concat(expected, Stream.of(remainder())) : expected;
	}

	/**
	 * The response is about to be completed: records the post-phases that follow it,
	 * because once the client has it there is no time to lose. The rest of the handler
	 * waits for the response.
	 * @param success whether it is going to be the response of a success
	 * @param failure what was thrown
	 */
	void prepare(boolean success, @Nullable Throwable failure) {
		if (continuesOn(success)) {
			prepare(failure);
		}
	}

	private synchronized void prepare(@Nullable Throwable requestFailure) {
		ContextCarrier.Context context = this.context;
		if (context == null || this.release != null) {
			return;
		}
		Throwable failure = (this.failure != null) ? this.failure : requestFailure;
		List<DecidedPostPhase> decided = this.attempts.decided();
		List<ArgumentBinding> bindings = this.plan.bindings();
		Runnable release = this.uploads.releaseAfter(decided.size() + this.reservation.named().size());
		List<PostPhaseRecord> records = new ArrayList<>(decided.size() + bindings.size());
		for (DecidedPostPhase postPhase : decided) {
			records.add(new PostPhaseRecord(postPhase.postPhase(), orFailure(postPhase.work()), context, this.request,
					failure, release));
		}
		for (int i = 0; i < bindings.size(); i++) {
			records.add(new PostPhaseRecord(this.reservation.named().get(i), orFailure(bind(bindings.get(i))), context,
					this.request, failure, release));
		}
		this.release = release;
		this.records = records;
		this.reservation.record(records);
	}

	/**
	 * The response is there: everything runs or is skipped.
	 * @param success whether it is the response of a success
	 * @param failure what was thrown
	 * @param response what became of it
	 */
	void close(boolean success, @Nullable Throwable failure, ResponseDelivery response) {
		List<PostPhaseRecord> records = List.of();
		try {
			records = record(success, failure, response);
		}
		finally {
			if (records.isEmpty()) {
				this.reservation.skip(response);
			}
			else {
				this.reservation.start(response);
			}
			if (this.plan.remainder() != null && !contains(records, remainder())) {
				endRemainder();
			}
		}
	}

	private static boolean contains(List<PostPhaseRecord> records, PostPhaseExecution postPhase) {
		return records.stream().anyMatch((record) -> record.postPhase() == postPhase);
	}

	/**
	 * Ends the call and records what is going to run after the response.
	 * @return all that is recorded
	 */
	private List<PostPhaseRecord> record(boolean success, @Nullable Throwable failure, ResponseDelivery response) {
		boolean client = response.delivery() != Delivery.ABORTED || this.plan.onClientAbort() == OnClientAbort.CONTINUE;
		boolean run = client && continuesOn(success);
		ContextCarrier.Context context = end(run, failure);
		List<PostPhaseRecord> records = (run) ? this.records : List.of();
		PostPhaseRecord remainder = (client && context != null) ? remainder(context, failure) : null;
		if (remainder != null) {
			records = Stream.concat(records.stream(), Stream.of(remainder)).toList();
			this.reservation.record(records);
		}
		return records;
	}

	/**
	 * Ends the call.
	 * @return the context, if the call got so far
	 */
	private synchronized ContextCarrier.@Nullable Context end(boolean run, @Nullable Throwable failure) {
		if (run) {
			prepare(failure);
		}
		this.state = State.CLOSED;
		this.arguments.end();
		if (this.release == null) {
			this.release = this.uploads.releaseAfter((this.plan.remainder() != null) ? 1 : 0);
		}
		return this.context;
	}

	private @Nullable PostPhaseRecord remainder(ContextCarrier.Context context, @Nullable Throwable failure) {
		Remainder remainder = this.plan.remainder();
		BoundEarlyResponse earlyResponse = this.earlyResponse;
		if (remainder == null || earlyResponse == null || !earlyResponse.isSent()) {
			return null;
		}
		PostPhaseWork work = new PostPhaseWork.Remainder(earlyResponse.remainder(failure), remainder.timeout());
		return new PostPhaseRecord(remainder(), work, context, this.request, failure, this::endRemainder);
	}

	private void endRemainder() {
		if (this.earlyResponse != null) {
			this.earlyResponse.withdraw();
		}
		if (this.release != null) {
			this.release.run();
		}
	}

	private boolean isSent() {
		return this.earlyResponse != null && this.earlyResponse.isSent();
	}

	/**
	 * Binds what is going to run only, because what the handler returned with an error
	 * need not fit. What does not fit a success fails the post-phase and not the request.
	 */
	private PostPhaseWork bind(ArgumentBinding binding) {
		try {
			return binding.bind(this.arguments.values(), this.result);
		}
		catch (Throwable ex) {
			return failing(ex);
		}
	}

	/**
	 * Lets a post-phase fail whose condition could not be evaluated.
	 */
	private PostPhaseWork orFailure(PostPhaseWork work) {
		Exception failure = (this.verdict != null) ? this.verdict.failure() : null;
		return (failure != null) ? failing(failure) : work;
	}

	private static PostPhaseWork failing(Throwable failure) {
		return new PostPhaseWork.Unprepared(failure);
	}

	private enum State {

		RUNNING, ASYNC, RETURNED, FAILED, CLOSED

	}

}
