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

package io.github.earlyresponse.testsupport;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.github.earlyresponse.HandBackReason;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseListener;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;

/**
 * Keeps all that a listener is told.
 */
public class RecordingListener implements PostPhaseListener {

	private final Queue<PostPhaseExecution> accepted = new ConcurrentLinkedQueue<>();

	private final Queue<String> rejected = new ConcurrentLinkedQueue<>();

	private final Queue<PostPhaseExecution> started = new ConcurrentLinkedQueue<>();

	private final Queue<Throwable> failedAttempts = new ConcurrentLinkedQueue<>();

	private final Queue<HandBackReason> handedBack = new ConcurrentLinkedQueue<>();

	private final Queue<PostPhaseResult> finished = new ConcurrentLinkedQueue<>();

	@Override
	public void accepted(PostPhaseExecution postPhase) {
		this.accepted.add(postPhase);
	}

	@Override
	public void rejected(String name) {
		this.rejected.add(name);
	}

	@Override
	public void started(PostPhaseExecution postPhase) {
		this.started.add(postPhase);
	}

	@Override
	public void attemptFailed(PostPhaseExecution postPhase, Throwable failure) {
		this.failedAttempts.add(failure);
	}

	@Override
	public void finished(PostPhaseResult result) {
		this.finished.add(result);
	}

	@Override
	public void handedBack(PostPhaseExecution postPhase, HandBackReason reason) {
		this.handedBack.add(reason);
	}

	/**
	 * Forgets what it was told, for the next test with the same server.
	 */
	public void forget() {
		this.accepted.clear();
		this.rejected.clear();
		this.started.clear();
		this.failedAttempts.clear();
		this.handedBack.clear();
		this.finished.clear();
	}

	public List<String> acceptedIds() {
		return this.accepted.stream().map(PostPhaseExecution::id).toList();
	}

	public List<String> rejected() {
		return List.copyOf(this.rejected);
	}

	public List<String> started() {
		return this.started.stream().map(PostPhaseExecution::name).toList();
	}

	public List<Throwable> failedAttempts() {
		return List.copyOf(this.failedAttempts);
	}

	public List<HandBackReason> handedBack() {
		return List.copyOf(this.handedBack);
	}

	public List<PostPhaseResult> finished() {
		return List.copyOf(this.finished);
	}

	public List<String> finishedIds() {
		return this.finished.stream().map((result) -> result.postPhase().id()).toList();
	}

	public List<PostPhaseOutcome> outcomes() {
		return this.finished.stream().map(PostPhaseResult::outcome).toList();
	}

	public PostPhaseResult onlyResult() {
		if (this.finished.size() != 1) {
			throw new AssertionError("Expected one result but there are " + this.finished);
		}
		return this.finished.element();
	}

}
