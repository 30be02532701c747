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

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.ContinueOn;
import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.OnClientAbort;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.context.CompositeContextCarrier;
import io.github.earlyresponse.engine.PostPhaseRecord;
import io.github.earlyresponse.engine.Reservation;
import io.github.earlyresponse.engine.ReservationRequest;
import io.github.earlyresponse.engine.ResponseDelivery;
import io.github.earlyresponse.handler.ArgumentBinding;
import io.github.earlyresponse.handler.Condition;
import io.github.earlyresponse.handler.HandlerPlan;
import io.github.earlyresponse.handler.Remainder;
import io.github.earlyresponse.testsupport.KeptFiles;
import io.github.earlyresponse.web.request.GuardedArguments;
import io.github.earlyresponse.web.request.GuardedRequest;
import io.github.earlyresponse.web.request.KeptUploads;
import io.github.earlyresponse.web.request.UploadDirectory;
import io.github.earlyresponse.web.response.ResponseRecorder;
import io.github.earlyresponse.web.send.BoundEarlyResponse;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockMultipartFile;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.method.HandlerMethod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link HandlerInvocation} and its end in {@link Exchange}: what is done
 * before the response is complete, and what after it.
 */
class HandlerInvocationTests {

	private static final PostPhaseWork WORK = new PostPhaseWork.Task((context) -> {
	});

	/** What is done with the response and what follows it, in its order. */
	private final List<String> events = new ArrayList<>();

	private final RecordingReservation reservation = new RecordingReservation(this.events);

	private final TracedResponse response = new TracedResponse(this.events);

	private final MockHttpServletRequest request = new MockHttpServletRequest();

	private final BoundEarlyResponse earlyResponse = mock(BoundEarlyResponse.class);

	private final ContextCarrier carrier = () -> () -> () -> {
	};

	@TempDir
	private Path directory;

	private KeptUploads uploads;

	private Exchange exchange;

	private HandlerInvocation invocation;

	@BeforeEach
	void begin() throws Exception {
		this.uploads = new KeptUploads(UploadDirectory.of(this.directory));
		willAnswer((call) -> this.events.add("withdraw")).given(this.earlyResponse).withdraw();
		begin(null, OnClientAbort.CONTINUE);
	}

	private void begin(Remainder remainder, OnClientAbort onClientAbort) {
		if (remainder != null) {
			this.reservation.name("rest");
		}
		this.invocation = invocation(plan(remainder, onClientAbort), this.reservation,
				(remainder != null) ? this.earlyResponse : null);
		this.exchange = new Exchange();
		this.exchange.begin(new ServletRequestAttributes(this.request), this.invocation);
	}

	private HandlerInvocation invocation(HandlerPlan plan, Reservation reservation, BoundEarlyResponse earlyResponse) {
		GuardedArguments arguments = new GuardedArguments(List.of(), new Object[0], Set.of());
		Answers answers = new Answers(plan, new ServletRequestAttributes(this.request, this.response),
				new CompositeContextCarrier(List.of(this.carrier)), arguments);
		return new HandlerInvocation(mock(HandlerMethod.class), plan, answers, arguments, this.uploads, reservation,
				earlyResponse, null);
	}

	private static HandlerPlan plan(Remainder remainder, OnClientAbort onClientAbort) {
		return new HandlerPlan(new ReservationRequest(List.of(), 1, "handler"), List.of(), remainder,
				ContinueOn.SUCCESS, onClientAbort, false, List.of(), Set.of(), List.of(), List.of(), null, null, null);
	}

	private ResponseRecorder respond() {
		ResponseRecorder recorder = new ResponseRecorder(this.request, this.response);
		this.exchange.dispatch(new GuardedRequest(this.request), recorder);
		return recorder;
	}

	private void decideAndReturn() {
		this.invocation.add("decided", WORK);
		this.invocation.returned("result");
	}

	private void completeHeldBack() throws Exception {
		this.exchange.expectEnd();
		decideAndReturn();
		ResponseRecorder recorder = respond();
		recorder.sendRedirect("/elsewhere");
		this.exchange.complete(recorder);
		assertThat(this.events).containsOnlyOnce("record").doesNotContain("start", "skip");
	}

	@Test
	void onlyTheHandOverIsLeftWhenTheResponseIsComplete() throws Exception {
		decideAndReturn();
		this.exchange.complete(respond());
		assertThat(this.events).containsSubsequence("record", "close", "start").endsWith("start");
		assertThat(this.reservation.delivery()).isEqualTo(ResponseDelivery.SENT);
	}

	@Test
	void overHttp1TheClientHasTheResponseWhenItIsClosedAndNotBefore() throws Exception {
		decideAndReturn();
		ResponseRecorder recorder = respond();
		recorder.getOutputStream().write(new byte[100]);
		this.exchange.complete(recorder);
		assertThat(this.events).containsSubsequence("close", "flush").containsOnlyOnce("flush");
	}

	@Test
	void overHttp2ItIsFlushedFirstToSeeWhetherTheClientIsThere() throws Exception {
		this.request.setProtocol("HTTP/2.0");
		decideAndReturn();
		ResponseRecorder recorder = respond();
		recorder.getOutputStream().write(new byte[100]);
		this.exchange.complete(recorder);
		assertThat(this.events).containsSubsequence("length 100", "flush", "close");
	}

	@Test
	void responseThatIsHeldBackPreparesOnceAndSubmitsAtTheEnd() throws Exception {
		completeHeldBack();
		this.exchange.end();
		assertThat(this.events).containsOnlyOnce("record").containsOnlyOnce("start").doesNotContain("skip");
		assertThat(this.reservation.delivery()).isEqualTo(ResponseDelivery.SENT);
	}

	@Test
	void nothingStartsForAClientThatHasGone() throws Exception {
		begin(null, OnClientAbort.SKIP);
		decideAndReturn();
		ResponseRecorder recorder = respond();
		this.response.abort();
		assertThatIOException().isThrownBy(recorder::flushBuffer);
		this.exchange.complete(recorder);
		assertThat(this.events).containsOnlyOnce("skip").doesNotContain("start");
		assertThat(this.reservation.delivery().delivery()).isEqualTo(Delivery.ABORTED);
	}

	@Test
	void restOfTheHandlerIsRecordedWhenItSends() throws Exception {
		begin(new Remainder("rest", null), OnClientAbort.CONTINUE);
		this.invocation.add("decided", WORK);
		this.invocation.sent("result");
		given(this.earlyResponse.isSent()).willReturn(true);
		assertThat(recorded()).extracting(PostPhaseExecution::name).containsExactly("decided", "rest");
		this.exchange.complete(respond());
		assertThat(this.events).containsSubsequence("record", "close", "start").doesNotContain("withdraw");
		assertThat(this.reservation.delivery()).isEqualTo(ResponseDelivery.SENT);
	}

	@Test
	void uploadIsKeptUntilTheLastOneHasEnded() throws Exception {
		begin(new Remainder("rest", null), OnClientAbort.CONTINUE);
		this.invocation.keep(new MockMultipartFile("file", new byte[10]));
		this.invocation.add("decided", WORK);
		this.invocation.sent("result");
		List<PostPhaseRecord> records = onlyRecords();
		this.invocation.close(true, null, ResponseDelivery.SENT);
		assertThat(this.events).contains("start");
		records.get(0).release().run();
		records.get(0).release().run();
		assertThat(KeptFiles.in(this.directory)).as("the rest has not ended").isNotEmpty();
		records.get(1).release().run();
		assertThat(this.events).containsOnlyOnce("withdraw");
		assertThat(KeptFiles.in(this.directory)).isEmpty();
	}

	@Test
	void uploadSurvivesThatARecordIsReplacedAndReleased() throws Exception {
		this.invocation.keep(new MockMultipartFile("file", new byte[10]));
		decideAndReturn();
		this.invocation.rolledBack(0);
		this.invocation.prepare(true, null);
		assertThat(this.reservation.records()).hasSize(2);
		this.reservation.records().get(0).get(0).release().run();
		this.invocation.close(true, null, ResponseDelivery.SENT);
		assertThat(KeptFiles.in(this.directory)).as("the last one has not ended").isNotEmpty();
		this.reservation.records().get(1).get(0).release().run();
		assertThat(KeptFiles.in(this.directory)).isEmpty();
	}

	@Test
	void uploadIsDeletedAtOnceIfNothingRuns() throws Exception {
		begin(null, OnClientAbort.CONTINUE);
		this.invocation.keep(new MockMultipartFile("file", new byte[10]));
		decideAndReturn();
		this.invocation.close(false, null, ResponseDelivery.SENT);
		assertSkipped();
		assertThat(KeptFiles.in(this.directory)).isEmpty();
	}

	@Test
	void nothingIsRecordedForAnErrorThatItDoesNotFollow() {
		this.response.changeStatus(HttpServletResponse.SC_CONFLICT);
		decideAndReturn();
		ResponseRecorder recorder = respond();
		this.exchange.complete(recorder);
		assertThat(this.events).doesNotContain("record");
		assertSkipped();
	}

	@Test
	void whatWasPreparedIsSkippedIfTheResponseTurnsOutToBeOneOfAnError() throws Exception {
		completeHeldBack();
		this.response.changeStatus(HttpServletResponse.SC_CONFLICT);
		this.exchange.end();
		assertSkipped();
	}

	@Test
	void nothingCanBeDecidedOnOnceAllIsPrepared() {
		this.invocation.returned(new CompletableFuture<>());
		this.invocation.prepare(true, null);
		assertThatIllegalStateException().isThrownBy(() -> this.invocation.add("decided", WORK))
			.withMessageContaining("comes too late");
		this.invocation.close(true, null, ResponseDelivery.SENT);
	}

	@Test
	void handlerThatReturnsAfterItsRequestHasEndedDecidesOnNothingMore() {
		this.invocation.add("decided", WORK);
		this.exchange.expectCompletion();
		respond();
		this.exchange.completed(null);
		assertThat(this.events).doesNotContain("record");
		assertSkipped();
		this.invocation.returned("result");
		assertThatIllegalStateException().isThrownBy(() -> this.invocation.add("decided", WORK))
			.withMessageContaining("comes too late");
		assertThat(this.events).doesNotContain("start");
	}

	@Test
	void handlerThatReturnsAFutureAfterItsRequestHasEndedDecidesOnNothingMore() {
		this.exchange.expectCompletion();
		respond();
		this.exchange.completed(null);
		this.invocation.returned(new CompletableFuture<>());
		assertThatIllegalStateException().isThrownBy(() -> this.invocation.add("decided", WORK));
	}

	@Test
	void handlerCanBeCalledAgainFromItsReturnUntilThePostPhasesAreMadeReady() {
		assertThat(this.invocation.callAgain(new Object[0])).as("while it runs").isFalse();
		decideAndReturn();
		assertThat(this.invocation.callAgain(new Object[0])).isTrue();
		assertThat(this.events).containsOnlyOnce("remove decided");
		this.invocation.returned("result");
		this.invocation.prepare(true, null);
		assertThat(this.invocation.callAgain(new Object[0])).as("when they are ready").isFalse();
		this.invocation.close(true, null, ResponseDelivery.SENT);
		assertThat(this.invocation.callAgain(new Object[0])).as("after the response").isFalse();
	}

	@Test
	void handlerThatHasSentCannotBeCalledAgain() {
		begin(new Remainder("rest", null), OnClientAbort.CONTINUE);
		this.invocation.returned("sent");
		given(this.earlyResponse.isSent()).willReturn(true);
		assertThat(this.invocation.callAgain(new Object[0])).isFalse();
	}

	@Test
	void postPhaseIsAcceptedUnderNoLock() {
		AtomicBoolean locked = new AtomicBoolean();
		this.reservation.whenAdded(() -> locked.set(Thread.holdsLock(this.invocation)));
		this.invocation.add("decided", WORK);
		assertThat(locked).as("listeners are told of it").isFalse();
	}

	@Test
	void postPhaseThatIsAcceptedWhileTheRequestEndsGivesItsRoomBack() {
		this.reservation.whenAdded(() -> this.invocation.close(true, null, ResponseDelivery.SENT));
		assertThatIllegalStateException().isThrownBy(() -> this.invocation.add("decided", WORK))
			.withMessageContaining("comes too late");
		assertThat(this.reservation.added()).isEmpty();
	}

	@Test
	void conditionIsNotEvaluatedForAHandlerThatThrowsAfterItsRequestHasEnded() {
		AtomicInteger evaluations = new AtomicInteger();
		HandlerInvocation invocation = invocation(counted(evaluations), ContinueOn.ALWAYS);
		invocation.close(false, null, ResponseDelivery.UNKNOWN);
		invocation.threw();
		assertThat(evaluations).hasValue(0);
	}

	@Test
	void conditionIsNotEvaluatedForAHandlerThatIsRolledBack() throws Throwable {
		AtomicInteger evaluations = new AtomicInteger();
		HandlerInvocation invocation = invocation(counted(evaluations), ContinueOn.SUCCESS);
		int attempt = invocation.beginAttempt();
		invocation.rolledBack(attempt);
		invocation.endAttempt(attempt, null);
		invocation.returned("result");
		invocation.close(false, null, ResponseDelivery.SENT);
		assertThat(evaluations).hasValue(0);
	}

	private static Condition counted(AtomicInteger evaluations) {
		Condition condition = mock(Condition.class);
		given(condition.isMet(any(), any())).will((call) -> evaluations.incrementAndGet() > 0);
		return condition;
	}

	@Test
	void conditionOfAHandlerThatThrowsIsKnownBeforeTheErrorResponse() {
		AtomicInteger evaluations = new AtomicInteger();
		HandlerInvocation invocation = invocation(counted(evaluations), ContinueOn.ALWAYS);
		invocation.add("decided", WORK);
		invocation.threw();
		assertThat(evaluations).hasValue(1);
		assertThat(invocation.expected(false)).as("what is announced")
			.containsExactlyElementsOf(this.reservation.added());
	}

	@Test
	void conditionThatCannotBeEvaluatedFailsWhatWasDecidedOn() {
		Condition condition = mock(Condition.class);
		given(condition.isMet(any(), any())).willThrow(new UnsupportedOperationException("unknown"));
		HandlerInvocation invocation = invocation(condition, ContinueOn.ALWAYS);
		invocation.add("decided", WORK);
		invocation.returned("result");
		invocation.close(true, null, ResponseDelivery.SENT);
		assertFails("decided", UnsupportedOperationException.class);
	}

	private HandlerInvocation invocation(Condition condition, ContinueOn on) {
		HandlerPlan plan = new HandlerPlan(new ReservationRequest(List.of(), 1, "handler"), List.of(), null, on,
				OnClientAbort.CONTINUE, false, List.of(), Set.of(), List.of(), List.of(), condition, null, null);
		return invocation(plan, this.reservation, null);
	}

	private void assertFails(String name, Class<? extends Throwable> failure) {
		assertThat(this.events).contains("start");
		assertThat(this.reservation.delivery()).isEqualTo(ResponseDelivery.SENT);
		assertThat(recorded()).extracting(PostPhaseExecution::name).containsExactly(name);
		assertThat(onlyRecords().get(0).work()).isInstanceOfSatisfying(PostPhaseWork.Unprepared.class,
				(work) -> assertThat(work.reason()).isInstanceOf(failure));
	}

	@Test
	void argumentThatCannotBeBoundFailsItsPostPhaseAndNotTheRequest() {
		ArgumentBinding binding = mock(ArgumentBinding.class);
		given(binding.bind(any(), any())).willThrow(new NoClassDefFoundError("unfit"));
		this.reservation.name("named");
		HandlerPlan plan = new HandlerPlan(new ReservationRequest(List.of("named"), 0, "handler"), List.of(binding),
				null, ContinueOn.SUCCESS, OnClientAbort.CONTINUE, false, List.of(), Set.of(), List.of(), List.of(),
				null, null, null);
		HandlerInvocation invocation = invocation(plan, this.reservation, null);
		invocation.returned("result");
		invocation.close(true, null, ResponseDelivery.SENT);
		assertFails("named", NoClassDefFoundError.class);
	}

	@Test
	void callThatFailsWhileItIsClosedLetsTheRestOfTheHandlerGo() {
		begin(new Remainder("rest", null), OnClientAbort.SKIP);
		this.invocation.sent("result");
		this.reservation.failWith(new StackOverflowError("expected"));
		assertThatExceptionOfType(StackOverflowError.class)
			.isThrownBy(() -> this.invocation.close(false, null, ResponseDelivery.aborted(new IOException("gone"))));
		assertThat(this.events).containsOnlyOnce("withdraw");
	}

	@Test
	void callThatFailsWhileItIsClosedStrandsNoOther() {
		RecordingReservation other = new RecordingReservation(new ArrayList<>());
		this.reservation.failWith(new StackOverflowError("expected"));
		this.exchange.begin(new ServletRequestAttributes(this.request),
				invocation(plan(null, OnClientAbort.CONTINUE), other, null));
		ResponseRecorder recorder = respond();
		assertThatExceptionOfType(StackOverflowError.class).isThrownBy(() -> this.exchange.complete(recorder));
		assertThat(other.delivery()).isNotNull();
	}

	private void assertSkipped() {
		assertThat(this.events).containsOnlyOnce("skip").doesNotContain("start");
		assertThat(this.reservation.delivery()).isEqualTo(ResponseDelivery.SENT);
	}

	private List<PostPhaseRecord> onlyRecords() {
		assertThat(this.reservation.records()).hasSize(1);
		return this.reservation.records().get(0);
	}

	private List<PostPhaseExecution> recorded() {
		return onlyRecords().stream().map(PostPhaseRecord::postPhase).toList();
	}

}
