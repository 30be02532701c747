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

package io.github.earlyresponse.context;

import java.util.ArrayList;
import java.util.List;

import io.github.earlyresponse.ContextCarrier;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for {@link CompositeContextCarrier}.
 */
class CompositeContextCarrierTests {

	private final List<String> events = new ArrayList<>();

	private ContextCarrier carrier(String name) {
		return () -> {
			this.events.add("capture " + name);
			return () -> {
				this.events.add("open " + name);
				return () -> this.events.add("close " + name);
			};
		};
	}

	private ContextCarrier failingToOpen(RuntimeException failure) {
		return () -> () -> {
			throw failure;
		};
	}

	private ContextCarrier failingToClose(String name) {
		return () -> () -> () -> {
			this.events.add("close " + name);
			throw new AssertionError(name);
		};
	}

	@Test
	void capturesAndOpensInOrderAndClosesInOppositeOrder() {
		ContextCarrier.Context context = new CompositeContextCarrier(List.of(carrier("a"), carrier("b"), carrier("c")))
			.capture();
		ContextCarrier.Scope scope = context.open();
		scope.close();
		assertThat(this.events).containsExactly("capture a", "capture b", "capture c", "open a", "open b", "open c",
				"close c", "close b", "close a");
	}

	@Test
	void contextCanBeOpenedSeveralTimes() {
		ContextCarrier.Context context = new CompositeContextCarrier(List.of(carrier("a"))).capture();
		ContextCarrier.Scope first = context.open();
		ContextCarrier.Scope second = context.open();
		second.close();
		first.close();
		assertThat(this.events).containsExactly("capture a", "open a", "open a", "close a", "close a");
	}

	@Test
	void leavesOutWhatHasNothingToCarry() {
		ContextCarrier.Context context = new CompositeContextCarrier(List.of(() -> null, carrier("a"), () -> null))
			.capture();
		context.open().close();
		assertThat(this.events).containsExactly("capture a", "open a", "close a");
	}

	@Test
	void worksWithoutCarriers() {
		new CompositeContextCarrier(List.of()).capture().open().close();
		assertThat(this.events).isEmpty();
	}

	@Test
	void failureToCaptureIsPassedOn() {
		IllegalStateException failure = new IllegalStateException("expected");
		CompositeContextCarrier carrier = new CompositeContextCarrier(List.of(carrier("a"), () -> {
			throw failure;
		}));
		assertThatThrownBy(carrier::capture).isSameAs(failure);
	}

	@Test
	void failureToOpenClosesWhatWasOpenedAndIsPassedOn() {
		IllegalStateException failure = new IllegalStateException("expected");
		ContextCarrier.Context context = new CompositeContextCarrier(
				List.of(carrier("a"), carrier("b"), failingToOpen(failure), carrier("c")))
			.capture();
		this.events.clear();
		assertThatThrownBy(context::open).isSameAs(failure);
		assertThat(this.events).containsExactly("open a", "open b", "close b", "close a");
	}

	@Test
	void failureToCloseAfterFailureToOpenIsKept() {
		IllegalStateException failure = new IllegalStateException("expected");
		ContextCarrier.Context context = new CompositeContextCarrier(
				List.of(failingToClose("a"), failingToClose("b"), failingToOpen(failure)))
			.capture();
		assertThatThrownBy(context::open).isSameAs(failure);
		assertThat(failure.getSuppressed()).extracting(Throwable::getMessage).containsExactly("b", "a");
	}

	@Test
	void sameFailureToOpenAndToCloseIsPassedOn() {
		IllegalStateException failure = new IllegalStateException("expected");
		ContextCarrier closing = () -> () -> () -> {
			throw failure;
		};
		ContextCarrier.Context context = new CompositeContextCarrier(
				List.of(carrier("a"), closing, failingToOpen(failure)))
			.capture();
		this.events.clear();
		assertThatThrownBy(context::open).isSameAs(failure);
		assertThat(this.events).containsExactly("open a", "close a");
	}

	@Test
	void failureToCloseDoesNotKeepOthersFromClosing() {
		ContextCarrier.Scope scope = new CompositeContextCarrier(
				List.of(carrier("a"), failingToClose("b"), carrier("c"), failingToClose("d")))
			.capture()
			.open();
		this.events.clear();
		assertThatIllegalStateException().isThrownBy(scope::close)
			.satisfies(
					(ex) -> assertThat(ex.getSuppressed()).extracting(Throwable::getMessage).containsExactly("d", "b"));
		assertThat(this.events).containsExactly("close d", "close c", "close b", "close a");
	}

}
