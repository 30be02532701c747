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

import java.util.List;
import java.util.stream.Stream;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.OnClientAbort;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.engine.Reservation;
import io.github.earlyresponse.engine.ResponseDelivery;
import io.github.earlyresponse.handler.HandlerPlan;
import io.github.earlyresponse.web.Answer.Kind;
import io.github.earlyresponse.web.Continuation.Selection;
import io.github.earlyresponse.web.idempotency.IdempotentCall;
import io.github.earlyresponse.web.request.GuardedArguments;
import io.github.earlyresponse.web.request.KeptUploads;
import io.github.earlyresponse.web.send.BoundEarlyResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.web.method.HandlerMethod;

/**
 * One call of an annotated handler, from its admission to the end of its response. What
 * follows it is left to its {@link Continuation}.
 * <p>
 * Its monitor guards the state alone: whatever the engine or the application does, such
 * as recording, capturing the context or evaluating the condition, is done outside.
 */
final class HandlerInvocation {

	/**
	 * In place of the number of an attempt.
	 */
	static final int NO_ATTEMPT = 0;

	private final HandlerPlan plan;

	private final GuardedArguments arguments;

	private final Reservation reservation;

	private final @Nullable BoundEarlyResponse earlyResponse;

	private final Answers answers;

	private final Continuation continuation;

	private final @Nullable IdempotentCall idempotentCall;

	private final Attempts attempts = new Attempts();

	private State state = State.RUNNING;

	/** What the handler answered, once it has, perhaps in an attempt only. */
	private @Nullable Answer answer;

	/** Whether what it answered has been written as a stream. */
	private boolean streamed;

	/** Why the dispatch to the handler failed alone, which is an include. */
	private @Nullable Throwable failure;

	/** The thread that Spring MVC calls the handler on. */
	private Thread thread = Thread.currentThread();

	HandlerInvocation(HandlerMethod handler, HandlerPlan plan, Answers answers, GuardedArguments arguments,
			KeptUploads uploads, Reservation reservation, @Nullable BoundEarlyResponse earlyResponse,
			@Nullable IdempotentCall idempotentCall) {
		this.plan = plan;
		this.arguments = arguments;
		this.reservation = reservation;
		this.earlyResponse = earlyResponse;
		this.answers = answers;
		this.idempotentCall = idempotentCall;
		this.continuation = new Continuation(handler, plan, reservation, uploads, earlyResponse);
	}

	HandlerMethod handler() {
		return this.continuation.handler();
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
			if (this.state != State.ANSWERED || isSent()) {
				return false;
			}
			this.state = State.RUNNING;
			this.answer = null;
			this.thread = Thread.currentThread();
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
		if (this.state == State.ANSWERED) {
			this.state = State.HANDED_OVER;
		}
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
			if (!isOpen()) {
				return NO_ATTEMPT;
			}
			if (this.state == State.RUNNING) {
				this.answer = null;
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
			if (this.state.isBefore(State.COMPLETING)) {
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
		for (int i = 0; i < dropped.size(); i++) {
			this.reservation.remove(dropped.get(i).postPhase());
		}
	}

	/**
	 * Keeps the uploads that the post-phases take, before the handler runs: where that
	 * fails nothing has happened.
	 */
	void keepUploads() {
		List<Integer> uploads = this.plan.keptUploads();
		for (int i = 0; i < uploads.size(); i++) {
			keep(this.arguments.values()[uploads.get(i)]);
		}
	}

	@Nullable Object keep(@Nullable Object uploads) {
		return this.continuation.keep(uploads);
	}

	/**
	 * The id of a post-phase that the handler names.
	 */
	String id(String name) {
		List<String> names = this.plan.reservation().names();
		int index = names.indexOf(name);
		Assert.isTrue(index >= 0, () -> "Post-phase '" + name + "' is not one of those that the handler "
				+ handler().getShortLogMessage() + " names: " + names);
		return this.reservation.named(index).id();
	}

	/**
	 * Adds a post-phase at run time.
	 */
	String add(String name, PostPhaseWork work) {
		checkOpen(name);
		PostPhaseExecution postPhase = this.reservation.add(name, work);
		DecidedPostPhase decided = new DecidedPostPhase(postPhase, work);
		try {
			if (work.isDurable()) {
				this.reservation.storeInTransaction(postPhase,
						() -> Continuation.record(decided, this.answers.called()));
			}
			add(name, decided);
		}
		catch (RuntimeException | Error ex) {
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
		Assert.state(isOpen(),
				() -> "Post-phase '" + name + "' comes too late: the handler has returned or sent its response");
	}

	/**
	 * Whether the handler is running, or what it returned still does its work.
	 */
	private boolean isOpen() {
		return this.state == State.RUNNING || (this.state.isBefore(State.COMPLETING) && !this.streamed
				&& this.answer != null && (this.answer.kind() == Kind.PENDING || this.answer.kind() == Kind.STREAM));
	}

	/**
	 * Whether the handler has neither returned nor thrown so far.
	 */
	synchronized boolean isRunning() {
		return this.state == State.RUNNING;
	}

	private synchronized boolean isClosed() {
		return this.state == State.CLOSED;
	}

	/**
	 * Withdraws what an earlier attempt has recorded.
	 */
	void withdrawRecords() {
		this.continuation.record(Selection.NOTHING);
	}

	/**
	 * An attempt returned: records what is going to run, inside its transaction. Nothing
	 * is recorded yet for a result that comes later, and on another thread, whose context
	 * is not that of the request.
	 * @param number the number of the attempt
	 * @param returned what it returned
	 */
	void attemptReturned(int number, @Nullable Object returned) {
		if (this.earlyResponse != null || !isHere(number)) {
			return;
		}
		Answer answer = this.answers.returned(returned, asksForRequest());
		if (answer.kind() == Kind.PENDING) {
			return;
		}
		synchronized (this) {
			if (!isHere(number)) {
				return;
			}
			this.answer = answer;
		}
		record(answer, true);
	}

	private synchronized boolean isHere(int attempt) {
		return this.state == State.RUNNING && this.attempts.isRunning(attempt) && this.thread == Thread.currentThread();
	}

	/**
	 * The handler returned. Where its last attempt threw, an advice has answered in its
	 * place: what the attempt decided on for a success is dropped.
	 */
	void returned(@Nullable Object returned) {
		drop(takeThoseOfFailure());
		Answer answer = answer(returned);
		if (answer.kind() != Kind.PENDING) {
			record(answer);
		}
		else {
			withdrawRecords();
		}
		answered(answer);
	}

	/**
	 * The handler sends its response.
	 */
	void sent(@Nullable Object body) {
		Answer answer = this.answers.sent(body, asksForRequest());
		record(answer);
		answered(answer);
	}

	/**
	 * The handler's asynchronous result is there.
	 */
	void resolved(@Nullable Object result) {
		Answer pending;
		synchronized (this) {
			pending = this.answer;
			if (pending == null || this.state == State.RUNNING || !this.state.isBefore(State.COMPLETING)) {
				return;
			}
			this.streamed = pending.kind() == Kind.STREAM;
		}
		if (pending.kind() == Kind.PENDING) {
			Answer answer = this.answers.resolved(pending, result);
			if (matters(answer)) {
				answer.continues();
			}
			record(answer);
			answered(answer);
		}
	}

	/**
	 * The handler threw.
	 */
	void threw() {
		if (isClosed()) {
			return;
		}
		Answer answer = this.answers.threw(asksForRequest());
		answered(answer);
		if (matters(answer)) {
			answer.evaluateCondition();
		}
		withdrawRecords();
	}

	/**
	 * The answer of the last attempt if it is still that, or another one.
	 */
	private Answer answer(@Nullable Object returned) {
		Answer ofAttempt = answerOfAttempt();
		if (ofAttempt == null || !ofAttempt.isOf(returned)) {
			return this.answers.returned(returned, asksForRequest());
		}
		return (ofAttempt.request() == null && asksForRequest()) ? this.answers.withRequest(ofAttempt) : ofAttempt;
	}

	/**
	 * Whether a post-phase may ask for a copy of the request.
	 */
	private synchronized boolean asksForRequest() {
		return this.plan.snapshot() || !this.attempts.decided().isEmpty();
	}

	private synchronized @Nullable Answer answerOfAttempt() {
		return (!this.attempts.hasThrown()) ? this.answer : null;
	}

	private synchronized void answered(Answer answer) {
		if (this.state == State.RUNNING) {
			this.state = State.ANSWERED;
		}
		if (this.state != State.CLOSED) {
			this.answer = answer;
		}
	}

	private synchronized List<DecidedPostPhase> takeThoseOfFailure() {
		return (!this.plan.continuesOn(false)) ? this.attempts.takeThoseOfFailure() : List.of();
	}

	/**
	 * Records what is going to run if the response turns out as expected.
	 */
	private void record(Answer answer) {
		record(answer, false);
	}

	private void record(Answer answer, boolean inAttempt) {
		if (matters(answer)) {
			answer.evaluateCondition();
		}
		boolean success = isExpectedToSucceed(answer);
		try {
			Selection selection = this.continuation.select(answer, success, decided(), null);
			this.continuation.record(selection);
			if (this.idempotentCall != null) {
				store(answer, selection, success, inAttempt, this.idempotentCall);
			}
		}
		catch (RuntimeException ex) {
			// Whatever was too late follows no response
			if (!isClosed()) {
				throw ex;
			}
		}
	}

	/**
	 * Stores the result for repetitions.
	 */
	private void store(Answer answer, Selection selection, boolean success, boolean inAttempt, IdempotentCall call) {
		List<String> postPhases = this.continuation.expected(!selection.isEmpty(), selection.decided())
			.map(PostPhaseExecution::id)
			.toList();
		if (inAttempt) {
			call.attemptReturned(answer.returned(), postPhases, success);
		}
		else {
			call.returned(answer.returned(), postPhases, success);
		}
	}

	/**
	 * What Spring MVC gets in place of what the handler returned.
	 */
	@Nullable Object response(@Nullable Object returned) {
		return (this.idempotentCall != null) ? this.idempotentCall.response(returned) : returned;
	}

	/**
	 * Whether the condition matters for such an answer, as far as it is known.
	 */
	private synchronized boolean matters(Answer answer) {
		return this.plan.continuesOn(false)
				|| (answer.kind() != Kind.FAILURE && !answer.hasErrors() && !this.attempts.isRolledBack());
	}

	private synchronized boolean isExpectedToSucceed(Answer answer) {
		return !this.attempts.isRolledBack() && this.failure == null && !answer.isError();
	}

	private synchronized List<DecidedPostPhase> decided() {
		return this.attempts.decided();
	}

	/**
	 * The dispatch to the handler failed, and not with it the whole request.
	 */
	synchronized void failed(Throwable failure) {
		if (this.failure == null) {
			this.failure = failure;
		}
	}

	/**
	 * The transaction of an attempt ended with a rollback, whatever the handler returns.
	 */
	void rolledBack(int attempt) {
		synchronized (this) {
			this.attempts.rolledBack(attempt);
		}
		this.continuation.rolledBack();
		if (this.idempotentCall != null) {
			this.idempotentCall.rolledBack();
		}
	}

	/**
	 * Whether the handler did its work: its result is known, was no exception, has no
	 * errors of a form, and was not rolled back. A stream that its client broke off has
	 * done what it could.
	 */
	synchronized boolean hasSucceeded(ResponseDelivery response) {
		Answer answer = this.answer;
		if (answer == null || this.state == State.RUNNING || answer.hasErrors() || this.failure != null
				|| this.attempts.isRolledBack()) {
			return false;
		}
		return switch (answer.kind()) {
			case VALUE, SENT -> true;
			case STREAM -> this.streamed || response.delivery() == Delivery.ABORTED;
			case PENDING, FAILURE -> false;
		};
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
		return this.continuation.remainder().id();
	}

	/**
	 * The post-phases that follow the response, as far as can be known before it is
	 * complete.
	 * @param success whether it is going to be the response of a success
	 */
	synchronized Stream<PostPhaseExecution> expected(boolean success) {
		Answer answer = this.answer;
		boolean failed = answer != null && (answer.kind() == Kind.FAILURE || answer.hasErrors());
		boolean run = this.plan.continuesOn(success && !failed && this.failure == null && !this.attempts.isRolledBack())
				&& ((answer != null) ? answer.isKnownToContinue() : this.plan.condition() == null);
		return this.continuation.expected(run, this.attempts.decided());
	}

	/**
	 * The response is about to be completed: records the post-phases that follow it if
	 * these are others than expected, because once the client has it there is no time to
	 * lose.
	 * @param success whether it is going to be the response of a success
	 * @param failure what was thrown
	 */
	void prepare(boolean success, @Nullable Throwable failure) {
		Answer answer;
		synchronized (this) {
			if (this.state == State.RUNNING || this.state == State.CLOSED) {
				return;
			}
			this.state = State.COMPLETING;
			answer = this.answer;
		}
		if (!success && this.idempotentCall != null) {
			this.idempotentCall.end(false);
		}
		Selection selection = (answer != null) ? this.continuation.select(answer, success, decided(), or(failure))
				: Selection.NOTHING;
		if (!selection.isEmpty()) {
			this.continuation.recordForResponse(selection);
		}
	}

	private synchronized @Nullable Throwable or(@Nullable Throwable requestFailure) {
		return (this.failure != null) ? this.failure : requestFailure;
	}

	/**
	 * The response is there: everything runs or is skipped.
	 * @param success whether it is the response of a success
	 * @param failure what was thrown
	 * @param response what became of it
	 */
	void close(boolean success, @Nullable Throwable failure, ResponseDelivery response) {
		boolean client = response.delivery() != Delivery.ABORTED || this.plan.onClientAbort() == OnClientAbort.CONTINUE;
		Answer answer = close();
		boolean run = false;
		try {
			Selection selection = (client && answer != null)
					? this.continuation.select(answer, success, decided(), or(failure)) : Selection.NOTHING;
			run = !selection.isEmpty() && this.continuation.recordForResponse(selection);
		}
		finally {
			this.arguments.end();
			if (this.idempotentCall != null) {
				this.idempotentCall.end(success);
			}
			this.continuation.end(run, response);
		}
	}

	/**
	 * Ends the call.
	 * @return its answer, {@code null} if it was called for nothing or has not ended
	 */
	private synchronized @Nullable Answer close() {
		Answer answer = (this.state != State.RUNNING) ? this.answer : null;
		this.state = State.CLOSED;
		return answer;
	}

	private boolean isSent() {
		return this.earlyResponse != null && this.earlyResponse.isSent();
	}

	/**
	 * The states of a call, which follow each other. Only a handler that is called again
	 * goes back, from {@code ANSWERED} to {@code RUNNING}.
	 */
	private enum State {

		/** The handler has neither returned nor thrown. */
		RUNNING,

		/** It has, or has sent its response. */
		ANSWERED,

		/** Spring MVC has what it threw. */
		HANDED_OVER,

		/** The response is being completed. */
		COMPLETING,

		/** The response has ended. */
		CLOSED;

		private boolean isBefore(State state) {
			return compareTo(state) < 0;
		}

	}

}
