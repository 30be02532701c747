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
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

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
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mockito.ArgumentCaptor;
import org.mockito.InOrder;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockMultipartFile;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.method.HandlerMethod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyList;
import static org.mockito.ArgumentMatchers.argThat;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willReturn;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

/**
 * Tests for {@link HandlerInvocation} and its end in {@link Exchange}: what is done
 * before the response is complete, and what after it.
 */
class HandlerInvocationTests {

	private static final PostPhaseWork WORK = new PostPhaseWork.Task((context) -> {
	});

	private final PostPhaseExecution postPhase = mock(PostPhaseExecution.class);

	private final Reservation reservation = mock(Reservation.class);

	private final HttpServletResponse response = mock(HttpServletResponse.class);

	private final ServletOutputStream outputStream = mock(ServletOutputStream.class);

	private final MockHttpServletRequest request = new MockHttpServletRequest();

	private final BoundEarlyResponse earlyResponse = mock(BoundEarlyResponse.class);

	private final PostPhaseExecution rest = mock(PostPhaseExecution.class);

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
		given(this.response.getStatus()).willReturn(HttpServletResponse.SC_OK);
		given(this.response.getOutputStream()).willReturn(this.outputStream);
		given(this.reservation.add(eq("decided"), any())).willReturn(this.postPhase);
		begin(null, OnClientAbort.CONTINUE);
	}

	private void begin(Remainder remainder, OnClientAbort onClientAbort) {
		willReturn((remainder != null) ? List.of(this.rest) : List.of()).given(this.reservation).named();
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
		verify(this.reservation).record(anyList());
	}

	@Test
	void onlyTheHandOverIsLeftWhenTheResponseIsComplete() throws Exception {
		decideAndReturn();
		this.exchange.complete(respond());
		InOrder order = inOrder(this.reservation, this.outputStream);
		order.verify(this.reservation).record(anyList());
		order.verify(this.outputStream).close();
		order.verify(this.reservation).start(ResponseDelivery.SENT);
		order.verifyNoMoreInteractions();
	}

	@Test
	void overHttp1TheClientHasTheResponseWhenItIsClosedAndNotBefore() throws Exception {
		decideAndReturn();
		ResponseRecorder recorder = respond();
		recorder.getOutputStream().write(new byte[100]);
		this.exchange.complete(recorder);
		InOrder order = inOrder(this.response, this.outputStream);
		order.verify(this.outputStream).close();
		order.verify(this.response).flushBuffer();
		verify(this.response).flushBuffer();
	}

	@Test
	void overHttp2ItIsFlushedFirstToSeeWhetherTheClientIsThere() throws Exception {
		this.request.setProtocol("HTTP/2.0");
		decideAndReturn();
		ResponseRecorder recorder = respond();
		recorder.getOutputStream().write(new byte[100]);
		this.exchange.complete(recorder);
		InOrder order = inOrder(this.response, this.outputStream);
		order.verify(this.response).setContentLengthLong(100);
		order.verify(this.response).flushBuffer();
		order.verify(this.outputStream).close();
	}

	@Test
	void responseThatIsHeldBackPreparesOnceAndSubmitsAtTheEnd() throws Exception {
		completeHeldBack();
		verify(this.reservation, never()).start(any());
		this.exchange.end();
		verify(this.reservation).record(anyList());
		verify(this.reservation).start(ResponseDelivery.SENT);
	}

	@Test
	void nothingStartsForAClientThatHasGone() throws Exception {
		begin(null, OnClientAbort.SKIP);
		decideAndReturn();
		ResponseRecorder recorder = respond();
		willThrow(new IOException("gone")).given(this.response).flushBuffer();
		assertThatIOException().isThrownBy(recorder::flushBuffer);
		this.exchange.complete(recorder);
		verify(this.reservation, never()).start(any());
		verify(this.reservation).skip(argThat((response) -> response.delivery() == Delivery.ABORTED));
	}

	@Test
	void restOfTheHandlerIsRecordedWhenItSends() throws Exception {
		begin(new Remainder("rest", null), OnClientAbort.CONTINUE);
		this.invocation.add("decided", WORK);
		this.invocation.sent("result");
		given(this.earlyResponse.isSent()).willReturn(true);
		verify(this.reservation).record(argThat((records) -> isOf(records, this.postPhase, this.rest)));
		this.exchange.complete(respond());
		InOrder order = inOrder(this.reservation, this.outputStream);
		order.verify(this.reservation).record(anyList());
		order.verify(this.outputStream).close();
		order.verify(this.reservation).start(ResponseDelivery.SENT);
		verify(this.earlyResponse, never()).withdraw();
	}

	@Test
	void uploadIsKeptUntilTheLastOneHasEnded() throws Exception {
		begin(new Remainder("rest", null), OnClientAbort.CONTINUE);
		this.invocation.keep(new MockMultipartFile("file", new byte[10]));
		this.invocation.add("decided", WORK);
		this.invocation.sent("result");
		ArgumentCaptor<List<PostPhaseRecord>> records = ArgumentCaptor.captor();
		verify(this.reservation).record(records.capture());
		this.invocation.close(true, null, ResponseDelivery.SENT);
		verify(this.reservation).start(ResponseDelivery.SENT);
		records.getValue().get(0).release().run();
		records.getValue().get(0).release().run();
		assertThat(KeptFiles.in(this.directory)).as("the rest has not ended").isNotEmpty();
		records.getValue().get(1).release().run();
		verify(this.earlyResponse).withdraw();
		assertThat(KeptFiles.in(this.directory)).isEmpty();
	}

	@Test
	void uploadSurvivesThatARecordIsReplacedAndReleased() throws Exception {
		this.invocation.keep(new MockMultipartFile("file", new byte[10]));
		decideAndReturn();
		this.invocation.rolledBack(0);
		this.invocation.prepare(true, null);
		ArgumentCaptor<List<PostPhaseRecord>> records = ArgumentCaptor.captor();
		verify(this.reservation, times(2)).record(records.capture());
		records.getAllValues().get(0).get(0).release().run();
		this.invocation.close(true, null, ResponseDelivery.SENT);
		assertThat(KeptFiles.in(this.directory)).as("the last one has not ended").isNotEmpty();
		records.getAllValues().get(1).get(0).release().run();
		assertThat(KeptFiles.in(this.directory)).isEmpty();
	}

	@Test
	void uploadIsDeletedAtOnceIfNothingRuns() throws Exception {
		begin(null, OnClientAbort.CONTINUE);
		this.invocation.keep(new MockMultipartFile("file", new byte[10]));
		decideAndReturn();
		this.invocation.close(false, null, ResponseDelivery.SENT);
		verify(this.reservation).skip(ResponseDelivery.SENT);
		assertThat(KeptFiles.in(this.directory)).isEmpty();
	}

	@Test
	void nothingIsRecordedForAnErrorThatItDoesNotFollow() {
		given(this.response.getStatus()).willReturn(HttpServletResponse.SC_CONFLICT);
		decideAndReturn();
		ResponseRecorder recorder = respond();
		this.exchange.complete(recorder);
		verify(this.reservation, never()).record(anyList());
		verify(this.reservation).skip(ResponseDelivery.SENT);
		verify(this.reservation, never()).start(any());
	}

	@Test
	void whatWasPreparedIsSkippedIfTheResponseTurnsOutToBeOneOfAnError() throws Exception {
		completeHeldBack();
		given(this.response.getStatus()).willReturn(HttpServletResponse.SC_CONFLICT);
		this.exchange.end();
		verify(this.reservation).skip(ResponseDelivery.SENT);
		verify(this.reservation, never()).start(any());
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
		verify(this.reservation, never()).record(anyList());
		verify(this.reservation).skip(ResponseDelivery.SENT);
		this.invocation.returned("result");
		assertThatIllegalStateException().isThrownBy(() -> this.invocation.add("decided", WORK))
			.withMessageContaining("comes too late");
		verify(this.reservation, never()).start(any());
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
		verify(this.reservation).remove(this.postPhase);
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
		given(this.reservation.add(eq("decided"), any())).will((accept) -> {
			locked.set(Thread.holdsLock(this.invocation));
			return this.postPhase;
		});
		this.invocation.add("decided", WORK);
		assertThat(locked).as("listeners are told of it").isFalse();
	}

	@Test
	void postPhaseThatIsAcceptedWhileTheRequestEndsGivesItsRoomBack() {
		given(this.reservation.add(eq("decided"), any())).will((accept) -> {
			this.invocation.close(true, null, ResponseDelivery.SENT);
			return this.postPhase;
		});
		assertThatIllegalStateException().isThrownBy(() -> this.invocation.add("decided", WORK))
			.withMessageContaining("comes too late");
		verify(this.reservation).remove(this.postPhase);
	}

	@Test
	void conditionIsNotEvaluatedForAHandlerThatThrowsAfterItsRequestHasEnded() {
		Condition condition = mock(Condition.class);
		HandlerInvocation invocation = invocation(condition);
		invocation.close(false, null, ResponseDelivery.UNKNOWN);
		invocation.threw();
		verify(condition, never()).isMet(any(), any());
	}

	@Test
	void conditionIsNotEvaluatedForAHandlerThatIsRolledBack() throws Throwable {
		Condition condition = mock(Condition.class);
		HandlerInvocation invocation = invocation(condition, ContinueOn.SUCCESS);
		int attempt = invocation.beginAttempt();
		invocation.rolledBack(attempt);
		invocation.endAttempt(attempt, null);
		invocation.returned("result");
		invocation.close(false, null, ResponseDelivery.SENT);
		verify(condition, never()).isMet(any(), any());
	}

	@Test
	void conditionOfAHandlerThatThrowsIsKnownBeforeTheErrorResponse() {
		Condition condition = mock(Condition.class);
		given(condition.isMet(any(), any())).willReturn(true);
		HandlerInvocation invocation = invocation(condition);
		invocation.add("decided", WORK);
		invocation.threw();
		assertThat(invocation.expected(false)).as("what is announced").containsExactly(this.postPhase);
	}

	@Test
	void conditionThatCannotBeEvaluatedFailsWhatWasDecidedOn() {
		Condition condition = mock(Condition.class);
		given(condition.isMet(any(), any())).willThrow(new UnsupportedOperationException("unknown"));
		HandlerInvocation invocation = invocation(condition);
		invocation.add("decided", WORK);
		invocation.returned("result");
		invocation.close(true, null, ResponseDelivery.SENT);
		assertFails(this.postPhase, UnsupportedOperationException.class);
	}

	private HandlerInvocation invocation(Condition condition) {
		return invocation(condition, ContinueOn.ALWAYS);
	}

	private HandlerInvocation invocation(Condition condition, ContinueOn on) {
		HandlerPlan plan = new HandlerPlan(new ReservationRequest(List.of(), 1, "handler"), List.of(), null, on,
				OnClientAbort.CONTINUE, false, List.of(), Set.of(), List.of(), List.of(), condition, null, null);
		return invocation(plan, this.reservation, null);
	}

	private void assertFails(PostPhaseExecution postPhase, Class<? extends Throwable> failure) {
		ArgumentCaptor<List<PostPhaseRecord>> records = ArgumentCaptor.captor();
		verify(this.reservation).record(records.capture());
		verify(this.reservation).start(ResponseDelivery.SENT);
		assertThat(isOf(records.getValue(), postPhase)).isTrue();
		assertThat(records.getValue().get(0).work()).isInstanceOfSatisfying(PostPhaseWork.Unprepared.class,
				(work) -> assertThat(work.reason()).isInstanceOf(failure));
	}

	@Test
	void argumentThatCannotBeBoundFailsItsPostPhaseAndNotTheRequest() {
		ArgumentBinding binding = mock(ArgumentBinding.class);
		given(binding.bind(any(), any())).willThrow(new NoClassDefFoundError("unfit"));
		PostPhaseExecution named = mock(PostPhaseExecution.class);
		willReturn(List.of(named)).given(this.reservation).named();
		HandlerPlan plan = new HandlerPlan(new ReservationRequest(List.of("named"), 0, "handler"), List.of(binding),
				null, ContinueOn.SUCCESS, OnClientAbort.CONTINUE, false, List.of(), Set.of(), List.of(), List.of(),
				null, null, null);
		HandlerInvocation invocation = invocation(plan, this.reservation, null);
		invocation.returned("result");
		invocation.close(true, null, ResponseDelivery.SENT);
		assertFails(named, NoClassDefFoundError.class);
	}

	@Test
	void callThatFailsWhileItIsClosedLetsTheRestOfTheHandlerGo() {
		begin(new Remainder("rest", null), OnClientAbort.SKIP);
		this.invocation.sent("result");
		willThrow(new StackOverflowError("expected")).given(this.reservation).skip(any());
		assertThatExceptionOfType(StackOverflowError.class)
			.isThrownBy(() -> this.invocation.close(false, null, ResponseDelivery.aborted(new IOException("gone"))));
		verify(this.earlyResponse).withdraw();
	}

	@Test
	void callThatFailsWhileItIsClosedStrandsNoOther() {
		Reservation other = mock(Reservation.class);
		willThrow(new StackOverflowError("expected")).given(this.reservation).skip(any());
		this.exchange.begin(new ServletRequestAttributes(this.request),
				invocation(plan(null, OnClientAbort.CONTINUE), other, null));
		ResponseRecorder recorder = respond();
		assertThatExceptionOfType(StackOverflowError.class).isThrownBy(() -> this.exchange.complete(recorder));
		verify(other).skip(any());
	}

	private static boolean isOf(List<PostPhaseRecord> records, PostPhaseExecution... postPhases) {
		return records.stream().map(PostPhaseRecord::postPhase).toList().equals(List.of(postPhases));
	}

}
