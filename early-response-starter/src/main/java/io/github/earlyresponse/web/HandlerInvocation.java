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
import io.github.earlyresponse.engine.AcceptedPostPhase;
import io.github.earlyresponse.engine.Admission;
import io.github.earlyresponse.engine.Continuation;
import io.github.earlyresponse.engine.PostPhaseWork;
import io.github.earlyresponse.engine.ResponseDelivery;
import io.github.earlyresponse.handler.ArgumentBinding;
import io.github.earlyresponse.handler.Condition;
import io.github.earlyresponse.handler.EarlyResult;
import io.github.earlyresponse.handler.HandlerPlan;
import io.github.earlyresponse.handler.Remainder;
import io.github.earlyresponse.imperative.BoundEarlyResponse;
import io.github.earlyresponse.request.GuardedArguments;
import io.github.earlyresponse.request.KeptUploads;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.validation.Errors;

/**
 * One call of an annotated handler: what it was admitted with, what it answered, and the
 * post-phases that wait for the response.
 */
final class HandlerInvocation {

	private final HandlerPlan plan;

	private final GuardedArguments arguments;

	private final KeptUploads uploads;

	private final Admission admission;

	private final @Nullable BoundEarlyResponse earlyResponse;

	private final @Nullable Verdict verdict;

	private List<DecidedPostPhase> decided = List.of();

	private State state = State.RUNNING;

	private boolean rolledBack;

	private boolean stream;

	/**
	 * Whether the handler returned with errors in what it was sent.
	 */
	private boolean rejected;

	private @Nullable Object result;

	private ContextCarrier.@Nullable Context context;

	private @Nullable RequestSnapshot request;

	/**
	 * To be run at the end of each post-phase; set when they are made ready or skipped.
	 */
	private @Nullable Runnable release;

	HandlerInvocation(HandlerPlan plan, GuardedArguments arguments, KeptUploads uploads, Admission admission,
			@Nullable BoundEarlyResponse earlyResponse) {
		this.plan = plan;
		this.arguments = arguments;
		this.uploads = uploads;
		this.admission = admission;
		this.earlyResponse = earlyResponse;
		Condition condition = plan.condition();
		this.verdict = (condition != null) ? new Verdict(() -> condition.isMet(arguments.values(), result())) : null;
	}

	HandlerPlan plan() {
		return this.plan;
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
	 * Accepts a post-phase that was decided on at run time.
	 */
	synchronized String add(String name, PostPhaseWork work) {
		Assert.state(this.release == null && (this.state == State.RUNNING || this.state == State.ASYNC),
				() -> "Post-phase '" + name + "' comes too late: the handler's result is already known");
		AcceptedPostPhase accepted = this.admission.accept(name);
		if (this.decided.isEmpty()) {
			this.decided = new ArrayList<>();
		}
		this.decided.add(new DecidedPostPhase(accepted, work));
		return accepted.id();
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
	 * The handler returned.
	 */
	void returned(@Nullable Object returned) {
		settle(returned);
		if (this.verdict != null && isSettled()) {
			this.verdict.evaluate();
		}
	}

	private synchronized void settle(@Nullable Object returned) {
		if (this.state == State.CLOSED) {
			return;
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
	}

	/**
	 * The handler's asynchronous result is there.
	 */
	void resolved(@Nullable Object result) {
		if (isAsync()) {
			settle(result);
			ContextCarrier.Context context = context();
			if (this.verdict != null && context != null && isSettled()) {
				this.verdict.evaluateIn(context);
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
		if (this.verdict != null && isSettled()) {
			this.verdict.evaluate();
		}
	}

	private synchronized void fail() {
		this.state = State.FAILED;
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
		if (known && !this.rejected && !this.rolledBack) {
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
		if (this.verdict == null) {
			return true;
		}
		this.verdict.evaluateIn(context);
		return this.verdict.continues();
	}

	/**
	 * The transaction of the handler ended with a rollback, whatever the handler returns.
	 */
	synchronized void rolledBack() {
		this.rolledBack = true;
	}

	/**
	 * Whether the handler did its work: its result is known, was no exception, has no
	 * errors of a form, and was not rolled back. A stream that its client broke off has
	 * done what it could.
	 */
	synchronized boolean hasSucceeded(ResponseDelivery response) {
		boolean brokenOff = this.state == State.ASYNC && this.stream && response.delivery() == Delivery.ABORTED;
		return (this.state == State.RETURNED || brokenOff) && !this.rejected && !this.rolledBack;
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

	private AcceptedPostPhase remainder() {
		return this.admission.named().get(this.plan.bindings().size());
	}

	/**
	 * The post-phases that follow the response, as far as can be known before it is
	 * complete.
	 * @param success whether it is going to be the response of a success
	 */
	synchronized Stream<PostPhaseExecution> expected(boolean success) {
		boolean run = this.plan.continuesOn(success && this.state != State.FAILED && !this.rejected && !this.rolledBack)
				&& (this.verdict == null || this.verdict.isKnownToContinue());
		Stream<PostPhaseExecution> expected = Stream.empty();
		if (run) {
			expected = Stream.concat(this.admission.named().stream().limit(this.plan.bindings().size()),
					List.copyOf(this.decided).stream().map(DecidedPostPhase::accepted));
		}
		return isSent() ? Stream.concat(expected, Stream.of(remainder())) : expected;
	}

	/**
	 * The response is about to be completed: makes ready the post-phases that follow it,
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

	private synchronized void prepare(@Nullable Throwable failure) {
		if (this.context == null || this.release != null) {
			return;
		}
		this.admission.close();
		this.release = this.uploads.releaseAfter(this.decided.size() + this.admission.named().size());
		for (DecidedPostPhase postPhase : this.decided) {
			PostPhaseWork work = orFailure(postPhase.work());
			postPhase.accepted().prepare(new Continuation(work, this.context, this.request, failure, this.release));
		}
		List<ArgumentBinding> bindings = this.plan.bindings();
		for (int i = 0; i < bindings.size(); i++) {
			PostPhaseWork work = orFailure(bind(bindings.get(i)));
			this.admission.named()
				.get(i)
				.prepare(new Continuation(work, this.context, this.request, failure, this.release));
		}
	}

	/**
	 * The response is there: everything runs or is skipped.
	 * @param success whether it is the response of a success
	 * @param failure what was thrown
	 * @param response what became of it
	 */
	void close(boolean success, @Nullable Throwable failure, ResponseDelivery response) {
		boolean client = response.delivery() != Delivery.ABORTED || this.plan.onClientAbort() == OnClientAbort.CONTINUE;
		boolean run = client && continuesOn(success);
		ContextCarrier.Context context = end(run, failure);
		for (DecidedPostPhase postPhase : this.decided) {
			submitOrSkip(postPhase.accepted(), run, response);
		}
		for (int i = 0; i < this.plan.bindings().size(); i++) {
			submitOrSkip(this.admission.named().get(i), run, response);
		}
		if (this.plan.remainder() != null) {
			closeRemainder(this.plan.remainder(), (client) ? context : null, failure, response);
		}
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
		this.admission.close();
		this.arguments.end();
		if (this.release == null) {
			this.release = this.uploads.releaseAfter((this.plan.remainder() != null) ? 1 : 0);
		}
		return this.context;
	}

	private static void submitOrSkip(AcceptedPostPhase postPhase, boolean run, ResponseDelivery response) {
		if (run) {
			postPhase.submit(response);
		}
		else {
			postPhase.skip(response);
		}
	}

	private void closeRemainder(Remainder remainder, ContextCarrier.@Nullable Context context,
			@Nullable Throwable failure, ResponseDelivery response) {
		BoundEarlyResponse earlyResponse = this.earlyResponse;
		if (context != null && earlyResponse != null && earlyResponse.isSent()) {
			PostPhaseWork work = new PostPhaseWork.Task(earlyResponse.remainder(failure), remainder.timeout());
			remainder().prepare(new Continuation(work, context, this.request, failure, this::endRemainder));
			remainder().submit(response);
		}
		else {
			remainder().skip(response);
			endRemainder();
		}
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
		catch (IllegalStateException ex) {
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

	private static PostPhaseWork failing(Exception failure) {
		return new PostPhaseWork.Task((context) -> {
			throw failure;
		});
	}

	private enum State {

		RUNNING, ASYNC, RETURNED, FAILED, CLOSED

	}

}
