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

package io.github.earlyresponse.test;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/**
 * Assertions about the runs of a post-phase, of which there is at least one. Unless
 * stated otherwise, each run has to satisfy them.
 */
public final class PostPhaseRunsAssert extends AbstractAssert<PostPhaseRunsAssert, List<PostPhaseResult>> {

	private final String name;

	private final Recording recording;

	/**
	 * Create the assertions.
	 * @param name the name of the post-phase
	 * @param runs its runs
	 * @param recording everything that was recorded, for messages
	 */
	PostPhaseRunsAssert(String name, List<PostPhaseResult> runs, Recording recording) {
		super(runs, PostPhaseRunsAssert.class);
		this.name = name;
		this.recording = recording;
	}

	/**
	 * Verify that there is exactly the given number of runs.
	 * @param number the number of runs
	 * @return this assertion
	 */
	public PostPhaseRunsAssert times(int number) {
		if (this.actual.size() != number) {
			throw failure("Expecting post-phase \"%s\" to have run %d times, but it ran %d times.%n%s", this.name,
					number, this.actual.size(), this.recording);
		}
		return this;
	}

	/**
	 * Verify that each run ended with the given outcome.
	 * @param outcome the outcome
	 * @return this assertion
	 */
	public PostPhaseRunsAssert withOutcome(PostPhaseOutcome outcome) {
		return each((run) -> run.outcome() == outcome, "to have ended " + outcome);
	}

	/**
	 * Verify that the response before each run had the given delivery.
	 * @param delivery the delivery
	 * @return this assertion
	 */
	public PostPhaseRunsAssert withDelivery(Delivery delivery) {
		return each((run) -> run.postPhase().delivery() == delivery, "to have run after a response " + delivery);
	}

	/**
	 * Verify that each run threw an exception of the given type.
	 * @param type the type of the exception
	 * @return this assertion
	 */
	public PostPhaseRunsAssert withFailureInstanceOf(Class<? extends Throwable> type) {
		return each((run) -> type.isInstance(run.failure()), "to have thrown " + type.getName());
	}

	/**
	 * Verify that each run was offered at least the given values. Only for post-phases
	 * whose beans are missing in a test slice: their parameters are unknown, so these are
	 * the handler's result and its arguments, or the arguments of
	 * {@code AfterResponse.call}.
	 * @param values the values, in any order
	 * @return this assertion
	 */
	public PostPhaseRunsAssert withArguments(@Nullable Object... values) {
		return each((run) -> arguments(run).containsAll(Arrays.asList(values)),
				"to have been offered " + Arrays.asList(values));
	}

	/**
	 * Verify that the values that each run was offered satisfy further assertions. Only
	 * for post-phases whose beans are missing in a test slice, see
	 * {@link #withArguments}.
	 * @param assertions the assertions
	 * @return this assertion
	 */
	public PostPhaseRunsAssert withArgumentsSatisfying(Consumer<? super List<@Nullable Object>> assertions) {
		return satisfying((run) -> assertions.accept(arguments(run)));
	}

	private List<@Nullable Object> arguments(PostPhaseResult run) {
		List<@Nullable Object> arguments = this.recording.offered(run);
		if (arguments == null) {
			throw failure("Expecting post-phase \"%s\" to be replaced, because its bean is missing in a test slice; "
					+ "what others took is not recorded. Check what it did.%n%s", this.name, this.recording);
		}
		return arguments;
	}

	/**
	 * Verify that each run satisfies further assertions.
	 * @param assertions the assertions
	 * @return this assertion
	 */
	public PostPhaseRunsAssert satisfying(Consumer<? super PostPhaseResult> assertions) {
		for (PostPhaseResult run : this.actual) {
			try {
				assertions.accept(run);
			}
			catch (AssertionError ex) {
				AssertionError failure = unfulfilled("to pass: " + ex.getMessage());
				failure.initCause(ex);
				throw failure;
			}
		}
		return this;
	}

	private PostPhaseRunsAssert each(Predicate<PostPhaseResult> condition, String expectation) {
		if (!this.actual.stream().allMatch(condition)) {
			throw unfulfilled(expectation);
		}
		return this;
	}

	private AssertionError unfulfilled(String expectation) {
		String subject = (this.actual.size() != 1) ? "each run of post-phase" : "post-phase";
		return failure("Expecting %s \"%s\" %s.%n%s", subject, this.name, expectation, this.recording);
	}

}
