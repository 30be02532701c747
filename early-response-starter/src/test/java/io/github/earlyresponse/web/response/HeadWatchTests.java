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

package io.github.earlyresponse.web.response;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.http.HttpHeaders;
import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HeadWatch}.
 */
class HeadWatchTests {

	private static final int LENGTH = 5;

	/**
	 * What the handler and others do, in each order of so many steps.
	 */
	@ParameterizedTest
	@EnumSource
	void headHasWhatThereIsWhenItIsWritten(Step first) {
		orders(LENGTH).forEach((rest) -> {
			Response response = new Response();
			List<Step> done = new ArrayList<>(List.of(first));
			done.addAll(rest);
			done.add(Step.FLUSH);
			done.forEach((step) -> step.run(response));
			assertThat(response.problems).as(done.toString()).isEmpty();
		});
	}

	private static Stream<List<Step>> orders(int length) {
		if (length == 0) {
			return Stream.of(List.of());
		}
		return orders(length - 1).flatMap((order) -> Stream.of(Step.values())
			.map((step) -> Stream.concat(order.stream(), Stream.of(step)).toList()));
	}

	@Test
	void whatChangesWhileItIsToldIsToldWithTheNextPiece() {
		Response response = new Response();
		response.changeWhileTold = true;
		for (int i = 0; i < 3; i++) {
			Step.SMALL_PIECE.run(response);
		}
		assertThat(response.told).isZero();
		Step.SMALL_PIECE.run(response);
		assertThat(response.told).isOne();
	}

	@Test
	void bodyThatHasBegunMayGoOutWithTheNextPiece() {
		Response response = new Response(true);
		Step.SMALL_PIECE.run(response);
		assertThat(response.told).isZero();
	}

	private enum Step {

		/** Stays in the buffer, unless it is the last one. */
		SMALL_PIECE {

			@Override
			void run(Response response) {
				response.write(4);
			}

		},

		/** Passes over the buffer on Jetty. */
		LARGE_PIECE {

			@Override
			void run(Response response) {
				response.write(response.getBufferSize() / 4 + 1);
			}

		},

		CHANGE {

			@Override
			void run(Response response) {
				response.state++;
			}

		},

		LENGTH_OF_ONE_MORE_PIECE {

			@Override
			void run(Response response) {
				if (!response.isCommitted()) {
					response.setHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(response.written + 4));
				}
			}

		},

		FLUSH {

			@Override
			void run(Response response) {
				response.watch.now();
				response.commit();
			}

		},

		RESET {

			@Override
			void run(Response response) {
				if (!response.isCommitted()) {
					response.reset();
					response.watch.reset();
					response.written = 0;
					response.told = null;
				}
			}

		};

		abstract void run(Response response);

	}

	/**
	 * A response of a container that writes its head as early as one may.
	 */
	private static final class Response extends MockHttpServletResponse {

		private final List<String> problems = new ArrayList<>();

		private final HeadWatch<Integer> watch;

		private int state;

		private @Nullable Integer told;

		private int written;

		private boolean changeWhileTold;

		Response() {
			this(false);
		}

		Response(boolean begun) {
			setBufferSize(40);
			this.watch = new HeadWatch<>(this, begun, () -> this.state, this::told);
		}

		private void told(Integer state) {
			if (isCommitted()) {
				this.problems.add("told after the head");
			}
			if (state.equals(this.told)) {
				this.problems.add("told twice");
			}
			if (this.changeWhileTold) {
				this.changeWhileTold = false;
				this.state++;
			}
			this.told = state;
		}

		private void write(int length) {
			this.watch.beforeWrite(length);
			this.written += length;
			if (length > getBufferSize() / 4 || this.written > getBufferSize()
					|| Integer.toString(this.written).equals(getHeader(HttpHeaders.CONTENT_LENGTH))) {
				commit();
			}
		}

		private void commit() {
			if (!isCommitted()) {
				setCommitted(true);
				if (!Integer.valueOf(this.state).equals(this.told)) {
					this.problems.add("head with " + this.told + " instead of " + this.state);
				}
			}
		}

	}

}
