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
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.engine.ResponseDelivery;
import io.github.earlyresponse.web.request.GuardedRequest;
import io.github.earlyresponse.web.response.PostPhaseAnnouncer;
import io.github.earlyresponse.web.response.ResponseRecorder;
import jakarta.servlet.ServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * One request on its way through all its dispatches, with the annotated handlers that it
 * called. In most cases there is none or one.
 */
final class Exchange {

	private static final String ATTRIBUTE = Exchange.class.getName();

	private List<HandlerInvocation> invocations = List.of();

	private @Nullable Dispatch dispatch;

	private volatile PostPhaseAnnouncer.@Nullable Announcement announcement;

	private volatile @Nullable Throwable failure;

	private volatile End end = End.UNTOLD;

	private volatile @Nullable GuardedRequest request;

	private volatile @Nullable ResponseRecorder recorder;

	/** Ends the objects of earlier dispatches that the container did not bring back. */
	private List<Runnable> formerEnds = List.of();

	private boolean handled;

	private volatile boolean heldBack;

	private volatile Async async = Async.NONE;

	private volatile int suspendedStatus;

	private volatile boolean streams;

	static @Nullable Exchange of(ServletRequest request) {
		return (Exchange) request.getAttribute(ATTRIBUTE);
	}

	static Exchange obtain(ServletRequest request) {
		Exchange exchange = of(request);
		if (exchange == null) {
			exchange = new Exchange();
			request.setAttribute(ATTRIBUTE, exchange);
		}
		return exchange;
	}

	/**
	 * Begins the call of an annotated handler.
	 * @param attributes the request attributes of the dispatch to the handler
	 * @param invocation the call, which was admitted
	 */
	synchronized void begin(ServletRequestAttributes attributes, HandlerInvocation invocation) {
		this.dispatch = new Dispatch(attributes, invocation, this.dispatch);
		this.handled = true;
		handled();
		this.invocations = (this.invocations.isEmpty()) ? List.of(invocation)
				: Stream.concat(this.invocations.stream(), Stream.of(invocation)).toList();
	}

	/**
	 * The call of an annotated handler that a dispatch has begun, whether or not it is
	 * over.
	 * @param attributes the request attributes of the dispatch
	 * @return the call, {@code null} if there is none
	 */
	synchronized @Nullable HandlerInvocation find(ServletRequestAttributes attributes) {
		Dispatch dispatch = (this.dispatch != null) ? this.dispatch.find(attributes) : null;
		return (dispatch != null) ? dispatch.call() : null;
	}

	/**
	 * An annotated handler is called, perhaps once more.
	 */
	void handled() {
		GuardedRequest request = this.request;
		if (request != null) {
			request.handled();
		}
	}

	/**
	 * Spring MVC has what a handler threw: that was the last attempt at calling it.
	 */
	synchronized void handOver() {
		this.invocations.forEach(HandlerInvocation::handOver);
	}

	/**
	 * Whether an annotated handler waits for the response.
	 */
	synchronized boolean isOpen() {
		return !this.invocations.isEmpty();
	}

	/**
	 * A dispatch begins.
	 * @param request the request as it sees it
	 * @param recorder the response that it writes to
	 */
	void dispatch(GuardedRequest request, ResponseRecorder recorder) {
		keepToEnd(request, recorder);
		this.request = request;
		this.recorder = recorder;
		recorder.onAbort(this::brokenOff);
		if (this.announcement != null) {
			watch(recorder);
		}
	}

	/**
	 * An error dispatch comes with objects of its own, while the handler may have passed
	 * on the earlier ones.
	 */
	private synchronized void keepToEnd(GuardedRequest request, ResponseRecorder recorder) {
		GuardedRequest formerRequest = this.request;
		ResponseRecorder formerRecorder = this.recorder;
		if (this.handled && formerRequest != null && formerRequest != request) {
			this.formerEnds = Stream.concat(this.formerEnds.stream(), Stream.of(formerRequest::end)).toList();
		}
		if (this.handled && formerRecorder != null && formerRecorder != recorder) {
			this.formerEnds = Stream.concat(this.formerEnds.stream(), Stream.of(formerRecorder::end)).toList();
		}
	}

	/**
	 * Has the client told, in the head of the response, of the post-phases that follow.
	 */
	void announceBy(PostPhaseAnnouncer.Announcement announcement) {
		this.announcement = announcement;
		ResponseRecorder recorder = this.recorder;
		if (recorder != null) {
			watch(recorder);
		}
	}

	private void watch(ResponseRecorder recorder) {
		recorder.onHead(() -> expected(recorder), (expected) -> announce(recorder, expected));
	}

	private void announce(ResponseRecorder recorder, Expected expected) {
		PostPhaseAnnouncer.Announcement announcement = this.announcement;
		if (announcement != null) {
			announcement.announce(recorder, expected.postPhases());
		}
	}

	private Expected expected(ResponseRecorder recorder) {
		return new Expected(recorder.getStatus(), expected(!recorder.isErrorSent() && isSuccess(recorder)));
	}

	private synchronized List<PostPhaseExecution> expected(boolean success) {
		return this.invocations.stream().flatMap((invocation) -> invocation.expected(success)).toList();
	}

	/**
	 * An asynchronous request comes back.
	 */
	void resumed() {
		this.async = Async.RESUMED;
	}

	/**
	 * The request is left to another thread.
	 */
	void suspended(ResponseRecorder recorder) {
		this.suspendedStatus = recorder.getStatus();
		this.async = Async.SUSPENDED;
		brokenOff();
	}

	/**
	 * A stream is written on another thread, to which the request is left.
	 */
	void streams(boolean streams) {
		this.streams = streams;
		brokenOff();
	}

	/**
	 * Its client may have broken off a stream. The container tells that as well, but when
	 * the request was only just left to another thread Tomcat forgets to.
	 */
	private void brokenOff() {
		ResponseRecorder recorder = this.recorder;
		if (this.async == Async.SUSPENDED && !this.streams && recorder != null && recorder.isAborted()) {
			close(isSuccess(recorder), recorder.complete());
		}
	}

	/**
	 * The result of an asynchronous handler is there.
	 */
	void resolved(@Nullable Object result) {
		invocations().forEach((invocation) -> invocation.resolved(result));
	}

	/**
	 * Something was thrown while an annotated handler was called or its result written.
	 * The first one counts, what follows is a consequence.
	 */
	synchronized void failed(Throwable failure) {
		if (this.failure == null && !this.invocations.isEmpty()) {
			this.failure = failure;
		}
	}

	/**
	 * Something was thrown while a handler was called by an include, or its result
	 * written. Whoever has included it may go on without.
	 */
	void includeFailed(Throwable failure) {
		ServletRequestAttributes attributes = Dispatch.currentAttributes();
		HandlerInvocation invocation = (attributes != null) ? find(attributes) : null;
		if (invocation != null) {
			invocation.failed(failure);
		}
	}

	/**
	 * Spring MVC is done with the response: completes it and closes what waits for it. If
	 * the container or a filter holds it back, that is for the {@linkplain #end() end} of
	 * the request, or for the {@linkplain #completed completion} of the response.
	 * @param recorder the response
	 */
	void complete(ResponseRecorder recorder) {
		if (!recorder.isAborted()) {
			prepare(isSuccess(recorder));
		}
		ResponseDelivery response = recorder.complete();
		if (this.end == End.RESPONSE && recorder.isFinishedByOthers()) {
			return;
		}
		if (this.end == End.REQUEST && (recorder.isHeldBack() || isHeldBackByFilters(recorder))) {
			this.heldBack = true;
			return;
		}
		close(isSuccess(recorder), response);
	}

	/**
	 * Whether filters in front may hold the response back until the end of the request.
	 * For an asynchronous request that is told before they return.
	 */
	private boolean isHeldBackByFilters(ResponseRecorder recorder) {
		return recorder.isFinishedByOthers() && this.async != Async.RESUMED;
	}

	private boolean isSuccess(ResponseRecorder recorder) {
		// Once a stream is broken off, containers change its status
		int status = (this.async == Async.SUSPENDED) ? this.suspendedStatus : recorder.getStatus();
		// An aborted response throws as well, which says nothing of the handler
		return status < HttpStatus.BAD_REQUEST.value() && (this.failure == null || recorder.isAborted());
	}

	/**
	 * Whether the container holds the response back until after the end of the dispatch,
	 * and the end of the request is no help either, because for an asynchronous request
	 * that is told before.
	 */
	boolean isHeldBackBeyondEnd() {
		return this.heldBack && this.async == Async.RESUMED;
	}

	/**
	 * The container holds the response back no longer: completes it and closes what waits
	 * for it.
	 */
	void release(ResponseRecorder recorder) {
		close(isSuccess(recorder), recorder.complete());
	}

	/**
	 * There will be an error response, made elsewhere: gives up what does not wait for
	 * it.
	 */
	void awaitErrorResponse() {
		if (this.end == End.UNTOLD) {
			close(false, ResponseDelivery.UNKNOWN);
		}
		closeAll(takeThoseThatDoNotAwaitErrorResponse().iterator(), false, ResponseDelivery.NOT_SENT);
	}

	/**
	 * Whether the container tells an end, as it does unless there is none.
	 */
	boolean expectsEnd() {
		return this.end != End.UNTOLD;
	}

	/**
	 * The container will tell the {@linkplain #end() end} of the request.
	 */
	void expectEnd() {
		this.end = End.REQUEST;
	}

	/**
	 * The container will tell the {@linkplain #completed completion} of the response.
	 */
	void expectCompletion() {
		this.end = End.RESPONSE;
	}

	/**
	 * The container is done with the request: completes what it held back and closes what
	 * is still open.
	 */
	void end() {
		ResponseRecorder recorder = this.recorder;
		if (this.end != End.REQUEST || recorder == null) {
			return;
		}
		if (isOpen()) {
			boolean seen = recorder.isAborted() || (this.heldBack && !isHeldBackBeyondEnd());
			boolean success = isSuccess(recorder);
			ResponseDelivery delivery = (seen) ? recorder.completeAfterFilters() : ResponseDelivery.UNKNOWN;
			endObjects();
			close(success, delivery);
		}
		endObjects();
	}

	/**
	 * The response is complete: closes what is still open.
	 * @param failure why it could not be completed, {@code null} if it was
	 */
	void completed(@Nullable Throwable failure) {
		ResponseRecorder recorder = this.recorder;
		if (recorder != null && isOpen()) {
			boolean success = isSuccess(recorder);
			endObjects();
			close(success, delivery(failure));
		}
		endObjects();
	}

	private static ResponseDelivery delivery(@Nullable Throwable failure) {
		if (failure == null) {
			return ResponseDelivery.SENT;
		}
		return ResponseDelivery.aborted((failure instanceof IOException ex) ? ex : new IOException(failure));
	}

	private void close(boolean success, ResponseDelivery response) {
		List<HandlerInvocation> taken = takeAll();
		if (!taken.isEmpty()) {
			endObjectsAfterDispatch();
		}
		closeAll(taken.iterator(), success, response);
	}

	/**
	 * Closes all, whatever one of them throws.
	 */
	private void closeAll(Iterator<HandlerInvocation> invocations, boolean success, ResponseDelivery response) {
		if (invocations.hasNext()) {
			HandlerInvocation invocation = invocations.next();
			try {
				invocation.close(success && invocation.hasSucceeded(response), this.failure, response);
			}
			finally {
				closeAll(invocations, success, response);
			}
		}
	}

	/**
	 * The response is complete. Post-phases find its objects ended, while the container
	 * goes on with an asynchronous request: it tells its listeners the end, on this
	 * thread, as MockMvc does. One whose client has broken off comes back in one more
	 * dispatch, and ends with that.
	 */
	private void endObjectsAfterDispatch() {
		GuardedRequest request = this.request;
		ResponseRecorder recorder = this.recorder;
		if (this.async == Async.NONE || (this.end == End.UNTOLD && this.async != Async.RESUMED)) {
			endObjects();
		}
		else if (this.async == Async.RESUMED && request != null && recorder != null && !request.isEnded()) {
			request.endExceptForThisThread();
			recorder.endExceptForThisThread();
		}
	}

	/**
	 * Ends the objects of a request that an annotated handler may have passed on. Others
	 * end as they would without us.
	 */
	private synchronized void endObjects() {
		GuardedRequest request = this.request;
		ResponseRecorder recorder = this.recorder;
		if (this.handled && request != null && recorder != null) {
			request.end();
			recorder.end();
			this.formerEnds.forEach(Runnable::run);
		}
	}

	private synchronized List<HandlerInvocation> invocations() {
		return this.invocations;
	}

	private void prepare(boolean success) {
		for (HandlerInvocation invocation : invocations()) {
			invocation.prepare(success && invocation.hasSucceeded(ResponseDelivery.SENT), this.failure);
		}
	}

	private synchronized List<HandlerInvocation> takeAll() {
		List<HandlerInvocation> taken = this.invocations;
		this.invocations = List.of();
		return taken;
	}

	private synchronized List<HandlerInvocation> takeThoseThatDoNotAwaitErrorResponse() {
		Map<Boolean, List<HandlerInvocation>> awaiting = this.invocations.stream()
			.collect(Collectors.partitioningBy(HandlerInvocation::awaitsErrorResponse));
		this.invocations = awaiting.getOrDefault(true, List.of());
		return awaiting.getOrDefault(false, List.of());
	}

	/**
	 * Which end the container tells.
	 */
	private enum End {

		UNTOLD, REQUEST, RESPONSE

	}

	private enum Async {

		NONE, SUSPENDED, RESUMED

	}

	/**
	 * What is to be announced: which post-phases follow a response, as far as it is known
	 * by then.
	 */
	private record Expected(int status, List<PostPhaseExecution> postPhases) {
	}

}
