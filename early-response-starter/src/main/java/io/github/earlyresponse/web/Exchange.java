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
final class Exchange implements ResponseRecorder.AbortListener {

	private static final String ATTRIBUTE = Exchange.class.getName();

	private List<HandlerInvocation> invocations = List.of();

	private @Nullable Dispatch dispatch;

	private volatile PostPhaseAnnouncer.@Nullable Announcement announcement;

	private @Nullable Throwable failure;

	/**
	 * The ids of the post-phases that followed the request when it was handled before.
	 */
	private volatile @Nullable List<String> repeated;

	private final CompletionState state = new CompletionState();

	private final RequestObjects objects = new RequestObjects();

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
		this.objects.handled();
		this.invocations = (this.invocations.isEmpty()) ? List.of(invocation)
				: Stream.concat(this.invocations.stream(), Stream.of(invocation)).toList();
	}

	/**
	 * The request was handled before, and gets the same response again.
	 * @param postPhases the ids of the post-phases that followed
	 */
	void repeat(List<String> postPhases) {
		this.repeated = postPhases;
	}

	/**
	 * Whether the request gets the response that it got before.
	 */
	boolean isRepeated() {
		return this.repeated != null;
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
	 * An annotated handler is called once more.
	 */
	void handled() {
		this.objects.handled();
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
		this.objects.dispatch(request, recorder);
		recorder.onAbort(this);
		if (this.announcement != null) {
			watch(recorder);
		}
	}

	/**
	 * Has the client told, in the head of the response, of the post-phases that follow.
	 */
	void announceBy(PostPhaseAnnouncer.Announcement announcement) {
		this.announcement = announcement;
		ResponseRecorder recorder = this.objects.response();
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

	private synchronized List<String> expected(boolean success) {
		List<String> repeated = this.repeated;
		Stream<String> former = (success && repeated != null) ? repeated.stream() : Stream.empty();
		return Stream
			.concat(former,
					this.invocations.stream()
						.flatMap((invocation) -> invocation.expected(success))
						.map(PostPhaseExecution::id))
			.toList();
	}

	/**
	 * An asynchronous request comes back.
	 */
	void resumed() {
		this.state.resumed();
	}

	/**
	 * The request is left to another thread.
	 */
	void suspended(ResponseRecorder recorder) {
		this.state.suspended(recorder.getStatus());
		aborted();
	}

	/**
	 * A stream is written on another thread, to which the request is left.
	 */
	void streams(boolean streams) {
		this.state.streaming(streams);
		aborted();
	}

	/**
	 * The client may have aborted a stream. The container reports that as well, but when
	 * the request was only just left to another thread Tomcat forgets to.
	 */
	@Override
	public void aborted() {
		ResponseRecorder recorder = this.objects.response();
		if (recorder != null && recorder.isAborted() && this.state.isUnattended()) {
			close(isSuccess(recorder), recorder.completion().complete());
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
		ResponseDelivery response = recorder.completion().complete();
		if (this.state.completed(recorder.isHeldBack(), recorder.completion().isFinishedByOthers())) {
			close(isSuccess(recorder), response);
		}
	}

	private boolean isSuccess(ResponseRecorder recorder) {
		// An aborted response throws as well, which says nothing of the handler
		return this.state.status(recorder.getStatus()) < HttpStatus.BAD_REQUEST.value()
				&& (failure() == null || recorder.isAborted());
	}

	/**
	 * Whether the response is held back until after the end of the dispatch, and one more
	 * dispatch is needed.
	 */
	boolean isHeldBackBeyondEnd() {
		return this.state.isHeldBackBeyondEnd();
	}

	/**
	 * The container holds the response back no longer: completes it and closes what waits
	 * for it.
	 */
	void release(ResponseRecorder recorder) {
		close(isSuccess(recorder), recorder.completion().complete());
	}

	/**
	 * There will be an error response, made elsewhere: gives up what does not wait for
	 * it.
	 */
	void awaitErrorResponse() {
		if (!this.state.expectsEnd()) {
			close(false, ResponseDelivery.UNKNOWN);
		}
		closeAll(takeThoseThatDoNotAwaitErrorResponse(), 0, false, ResponseDelivery.NOT_SENT);
	}

	/**
	 * Whether the container reports an end, as it does unless there is none.
	 */
	boolean expectsEnd() {
		return this.state.expectsEnd();
	}

	/**
	 * The container will report the {@linkplain #end() end} of the request.
	 */
	void expectEnd() {
		this.state.expectRequestEnd();
	}

	/**
	 * The container will report the {@linkplain #completed completion} of the response.
	 */
	void expectCompletion() {
		this.state.expectResponseEnd();
	}

	/**
	 * The container is done with the request: completes what it held back and closes what
	 * is still open.
	 */
	void end() {
		ResponseRecorder recorder = this.objects.response();
		if (recorder == null || !this.state.expectsRequestEnd()) {
			return;
		}
		if (isOpen()) {
			boolean seen = recorder.isAborted() || this.state.isHeldBackUntilEnd();
			boolean success = isSuccess(recorder);
			ResponseDelivery delivery = (seen) ? recorder.completion().completeAfterFilters()
					: ResponseDelivery.UNKNOWN;
			this.objects.end();
			close(success, delivery);
		}
		this.objects.end();
	}

	/**
	 * The response is complete: closes what is still open.
	 * @param failure why it could not be completed, {@code null} if it was
	 */
	void completed(@Nullable Throwable failure) {
		ResponseRecorder recorder = this.objects.response();
		if (recorder != null && isOpen()) {
			boolean success = isSuccess(recorder);
			this.objects.end();
			close(success, delivery(failure));
		}
		this.objects.end();
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
			endObjects(this.state.objectsEnd());
		}
		closeAll(taken, 0, success, response);
	}

	/**
	 * Closes all, whatever one of them throws.
	 */
	private void closeAll(List<HandlerInvocation> invocations, int from, boolean success, ResponseDelivery response) {
		if (from < invocations.size()) {
			HandlerInvocation invocation = invocations.get(from);
			try {
				invocation.close(success && invocation.hasSucceeded(response), failure(), response);
			}
			finally {
				closeAll(invocations, from + 1, success, response);
			}
		}
	}

	/**
	 * The response is complete: post-phases find its objects ended.
	 */
	private void endObjects(CompletionState.ObjectsEnd end) {
		switch (end) {
			case NOW -> this.objects.end();
			case EXCEPT_FOR_THIS_THREAD -> this.objects.endExceptForThisThread();
			case LATER -> {
			}
		}
	}

	private synchronized @Nullable Throwable failure() {
		return this.failure;
	}

	private synchronized List<HandlerInvocation> invocations() {
		return this.invocations;
	}

	private void prepare(boolean success) {
		List<HandlerInvocation> invocations = invocations();
		for (int i = 0; i < invocations.size(); i++) {
			HandlerInvocation invocation = invocations.get(i);
			invocation.prepare(success && invocation.hasSucceeded(ResponseDelivery.SENT), failure());
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
	 * What is to be announced: the ids of the post-phases that follow a response, as far
	 * as it is known by then.
	 */
	private record Expected(int status, List<String> postPhases) {
	}

}
