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

/**
 * How far a request is on the way to its complete response: which end the container
 * reports, whether the request is left to another thread, and whether the response is
 * held back. It decides, and does nothing by itself.
 */
final class CompletionState {

	private End end = End.NONE;

	private Dispatching dispatching = Dispatching.SYNCHRONOUS;

	private boolean streaming;

	private boolean heldBack;

	/** The status when the request was left to another thread. */
	private int suspendedStatus;

	/**
	 * The container will report the end of the request.
	 */
	synchronized void expectRequestEnd() {
		this.end = End.REQUEST;
	}

	/**
	 * The container will report the end of the response.
	 */
	synchronized void expectResponseEnd() {
		this.end = End.RESPONSE;
	}

	/**
	 * Whether the container reports an end, as it does unless there is none.
	 */
	synchronized boolean expectsEnd() {
		return this.end != End.NONE;
	}

	/**
	 * Whether the container reports the end of the request.
	 */
	synchronized boolean expectsRequestEnd() {
		return this.end == End.REQUEST;
	}

	/**
	 * The request is left to another thread.
	 * @param status the status of the response by then
	 */
	synchronized void suspended(int status) {
		this.suspendedStatus = status;
		this.dispatching = Dispatching.SUSPENDED;
	}

	/**
	 * The request comes back in an asynchronous dispatch.
	 */
	synchronized void resumed() {
		this.dispatching = Dispatching.RESUMED;
	}

	/**
	 * The response is written as a stream, or no longer is.
	 */
	synchronized void streaming(boolean streaming) {
		this.streaming = streaming;
	}

	/**
	 * Whether the request is left to another thread that does not write at the moment: if
	 * the response is aborted, nobody may report its end.
	 */
	synchronized boolean isUnattended() {
		return this.dispatching == Dispatching.SUSPENDED && !this.streaming;
	}

	/**
	 * The status that counts. Once a stream is aborted, containers change that of the
	 * response.
	 * @param current the status of the response
	 */
	synchronized int status(int current) {
		return (this.dispatching == Dispatching.SUSPENDED) ? this.suspendedStatus : current;
	}

	/**
	 * Spring MVC is done with the response, and it was completed as far as possible.
	 * @param heldBackByContainer whether the container may ignore that
	 * @param finishedByOthers whether filters or the container finish it
	 * @return whether it is complete; otherwise an end that the container reports has to
	 * be awaited
	 */
	synchronized boolean completed(boolean heldBackByContainer, boolean finishedByOthers) {
		if (this.end == End.RESPONSE) {
			return !finishedByOthers;
		}
		// The end of an asynchronous request is reported before filters have returned
		boolean heldBackByFilters = finishedByOthers && this.dispatching != Dispatching.RESUMED;
		if (this.end == End.REQUEST && (heldBackByContainer || heldBackByFilters)) {
			this.heldBack = true;
			return false;
		}
		return true;
	}

	/**
	 * Whether the response is held back until the end of the request.
	 */
	synchronized boolean isHeldBackUntilEnd() {
		return this.heldBack && this.dispatching != Dispatching.RESUMED;
	}

	/**
	 * Whether the container holds the response back until after the end of the dispatch,
	 * and the end of the request is no help either, because for an asynchronous request
	 * that is reported before.
	 */
	synchronized boolean isHeldBackBeyondEnd() {
		return this.heldBack && this.dispatching == Dispatching.RESUMED;
	}

	/**
	 * When the objects of a request with a complete response end. The container goes on
	 * with an asynchronous request: it reports the end to its listeners, on this thread,
	 * as MockMvc does. One whose client has aborted it comes back in one more dispatch,
	 * and ends with that.
	 */
	synchronized ObjectsEnd objectsEnd() {
		return switch (this.dispatching) {
			case SYNCHRONOUS -> ObjectsEnd.NOW;
			case SUSPENDED -> (this.end == End.NONE) ? ObjectsEnd.NOW : ObjectsEnd.LATER;
			case RESUMED -> ObjectsEnd.EXCEPT_FOR_THIS_THREAD;
		};
	}

	/**
	 * When the objects of a request end.
	 */
	enum ObjectsEnd {

		NOW, EXCEPT_FOR_THIS_THREAD, LATER

	}

	/**
	 * Which end the container reports.
	 */
	private enum End {

		NONE, REQUEST, RESPONSE

	}

	private enum Dispatching {

		SYNCHRONOUS, SUSPENDED, RESUMED

	}

}
