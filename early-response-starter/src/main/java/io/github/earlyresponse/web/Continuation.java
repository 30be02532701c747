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
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.engine.PostPhaseRecord;
import io.github.earlyresponse.engine.Reservation;
import io.github.earlyresponse.engine.ResponseDelivery;
import io.github.earlyresponse.handler.ArgumentBinding;
import io.github.earlyresponse.handler.HandlerPlan;
import io.github.earlyresponse.handler.Remainder;
import io.github.earlyresponse.run.LoggableFailure;
import io.github.earlyresponse.web.Answer.Kind;
import io.github.earlyresponse.web.request.KeptUploads;
import io.github.earlyresponse.web.send.BoundEarlyResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.web.method.HandlerMethod;

/**
 * What follows one call of a handler: makes the records of the post-phases that are going
 * to run, and records them again only if that changes. It is used by one thread at a
 * time.
 */
final class Continuation {

	private static final Log logger = LogFactory.getLog(Continuation.class);

	/** For requests that have no uploads. */
	private static final List<Runnable> NO_HOLDS = List.of();

	private final HandlerMethod handler;

	private final HandlerPlan plan;

	private final Reservation reservation;

	private final KeptUploads uploads;

	private final @Nullable BoundEarlyResponse earlyResponse;

	private volatile Recorded recorded = Recorded.NOTHING;

	Continuation(HandlerMethod handler, HandlerPlan plan, Reservation reservation, KeptUploads uploads,
			@Nullable BoundEarlyResponse earlyResponse) {
		this.handler = handler;
		this.plan = plan;
		this.reservation = reservation;
		this.uploads = uploads;
		this.earlyResponse = earlyResponse;
	}

	HandlerMethod handler() {
		return this.handler;
	}

	/**
	 * The post-phase that the rest of the handler is.
	 */
	PostPhaseExecution remainder() {
		return this.reservation.named(this.plan.bindings().size());
	}

	/**
	 * Keeps uploads for the post-phases.
	 * @param uploads what holds them
	 * @return the same with uploads that outlive the request
	 */
	@Nullable Object keep(@Nullable Object uploads) {
		return this.uploads.keep(uploads);
	}

	/**
	 * The post-phases that are expected to follow the response.
	 * @param run whether those run that depend on it
	 * @param added the post-phases added at run time
	 */
	Stream<PostPhaseExecution> expected(boolean run, List<DecidedPostPhase> added) {
		Stream<PostPhaseExecution> expected = Stream.empty();
		if (run) {
			expected = Stream.concat(IntStream.range(0, this.plan.bindings().size()).mapToObj(this.reservation::named),
					added.stream().map(DecidedPostPhase::postPhase));
		}
		boolean sent = this.earlyResponse != null && this.earlyResponse.isSent();
		return (sent) ? Stream.concat(expected, Stream.of(remainder())) : expected;
	}

	/**
	 * What runs after a response.
	 * @param answer the answer of the handler
	 * @param success whether it is the response of a success
	 * @param added the post-phases added at run time
	 * @param failure what was thrown
	 */
	Selection select(Answer answer, boolean success, List<DecidedPostPhase> added, @Nullable Throwable failure) {
		boolean run = this.plan.continuesOn(success) && answer.continues();
		List<DecidedPostPhase> decided = (run) ? added : List.of();
		boolean named = run && !this.plan.bindings().isEmpty();
		boolean remainder = answer.kind() == Kind.SENT;
		if (!named && !remainder && decided.isEmpty()) {
			return Selection.NOTHING;
		}
		Selection recorded = this.recorded.selection();
		return (recorded.isOf(answer, named, decided, remainder, failure)) ? recorded
				: new Selection(answer, named, decided, remainder, failure);
	}

	/**
	 * Records what is going to run, in place of what was recorded before. What the engine
	 * throws gets out: nothing new is recorded then.
	 */
	void record(Selection selection) {
		Recorded former = this.recorded;
		if (former.certain() && former.selection() == selection) {
			return;
		}
		List<Runnable> holds = (this.uploads.isEmpty()) ? NO_HOLDS : new ArrayList<>();
		List<PostPhaseRecord> records = (selection.answer() != null) ? records(selection, selection.answer(), holds)
				: List.of();
		this.recorded = former.uncertain();
		try {
			this.reservation.record(records);
		}
		catch (Throwable ex) {
			release(holds);
			throw ex;
		}
		this.recorded = new Recorded(selection, holds, true);
		release(former.holds());
	}

	private static void release(List<Runnable> holds) {
		if (!holds.isEmpty()) {
			holds.forEach(Runnable::run);
		}
	}

	/**
	 * Records what follows a response that is on its way and nobody can replace by that
	 * of a failure.
	 * @return whether it is recorded
	 */
	boolean recordForResponse(Selection selection) {
		try {
			record(selection);
			return true;
		}
		catch (RuntimeException ex) {
			logger.error("The post-phases of " + this.handler + " could not be recorded", LoggableFailure.of(ex));
			return false;
		}
	}

	/**
	 * The transaction in which something may have been recorded was rolled back.
	 */
	void rolledBack() {
		this.recorded = this.recorded.uncertain();
	}

	/**
	 * The response is there: starts what was recorded, or skips all.
	 * @param run whether what was recorded runs
	 * @param response what became of the response
	 */
	void end(boolean run, ResponseDelivery response) {
		Recorded recorded = this.recorded;
		this.uploads.close();
		try {
			if (run) {
				this.reservation.start(response);
			}
			else {
				this.reservation.skip(response);
			}
		}
		finally {
			if (!run) {
				release(recorded.holds());
			}
			if (this.earlyResponse != null && !(run && recorded.selection().remainder())) {
				this.earlyResponse.withdraw();
			}
		}
	}

	private List<PostPhaseRecord> records(Selection selection, Answer answer, List<Runnable> holds) {
		List<PostPhaseRecord> records = new ArrayList<>(
				selection.decided().size() + this.plan.bindings().size() + ((selection.remainder()) ? 1 : 0));
		for (int i = 0; i < selection.decided().size(); i++) {
			DecidedPostPhase decided = selection.decided().get(i);
			records.add(record(decided.postPhase(), answer.orFailure(decided.work()), answer, selection.failure(),
					hold(holds)));
		}
		if (selection.named()) {
			List<ArgumentBinding> bindings = this.plan.bindings();
			for (int i = 0; i < bindings.size(); i++) {
				records.add(record(this.reservation.named(i), answer.bind(bindings.get(i)), answer, selection.failure(),
						hold(holds)));
			}
		}
		Remainder remainder = this.plan.remainder();
		BoundEarlyResponse earlyResponse = this.earlyResponse;
		if (selection.remainder() && remainder != null && earlyResponse != null) {
			PostPhaseWork work = new PostPhaseWork.Remainder(earlyResponse.remainder(selection.failure()),
					remainder.timeout());
			Runnable hold = hold(holds);
			records.add(record(remainder(), answer.orFailure(work), answer, selection.failure(), () -> {
				earlyResponse.withdraw();
				hold.run();
			}));
		}
		return records;
	}

	/**
	 * The record of a post-phase that was added, before the handler has an answer. It
	 * holds no uploads, because only what is durable is recorded that early.
	 */
	static PostPhaseRecord record(DecidedPostPhase decided, Answer answer) {
		return record(decided.postPhase(), answer.orFailure(decided.work()), answer, null, KeptUploads.NOTHING);
	}

	private static PostPhaseRecord record(PostPhaseExecution postPhase, PostPhaseWork work, Answer answer,
			@Nullable Throwable failure, Runnable release) {
		return new PostPhaseRecord(postPhase, work, answer.context(), answer.request(), failure, release);
	}

	/**
	 * Keeps the uploads for one record. Each has a hold of its own, because the engine
	 * may release a record that is replaced.
	 */
	private Runnable hold(List<Runnable> holds) {
		if (holds == NO_HOLDS) {
			return KeptUploads.NOTHING;
		}
		Runnable hold = this.uploads.hold();
		holds.add(hold);
		return hold;
	}

	/**
	 * What is going to run after a response.
	 *
	 * @param answer the answer of the handler, {@code null} if nothing runs
	 * @param named whether the named post-phases run
	 * @param decided the post-phases added at run time that run
	 * @param remainder whether the rest of the handler runs
	 * @param failure what was thrown
	 */
	record Selection(@Nullable Answer answer, boolean named, List<DecidedPostPhase> decided, boolean remainder,
			@Nullable Throwable failure) {

		static final Selection NOTHING = new Selection(null, false, List.of(), false, null);

		boolean isEmpty() {
			return this.answer == null;
		}

		private boolean isOf(Answer answer, boolean named, List<DecidedPostPhase> decided, boolean remainder,
				@Nullable Throwable failure) {
			return this.answer == answer && this.named == named && this.decided == decided
					&& this.remainder == remainder && this.failure == failure;
		}

	}

	/**
	 * What was recorded last.
	 *
	 * @param selection what it was
	 * @param holds keep the uploads for it
	 * @param certain whether the engine has it, which a failure or a rollback leaves open
	 */
	private record Recorded(Selection selection, List<Runnable> holds, boolean certain) {

		private static final Recorded NOTHING = new Recorded(Selection.NOTHING, List.of(), true);

		private Recorded uncertain() {
			return (this == NOTHING) ? this : new Recorded(this.selection, this.holds, false);
		}

	}

}
