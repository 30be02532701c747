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

package io.github.earlyresponse.status;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.DurablePostPhase;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseExecution.State;
import io.github.earlyresponse.PostPhaseOperations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.anyCollection;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;

/**
 * Tests for {@link WatchedDurables}.
 */
@ExtendWith(OutputCaptureExtension.class)
class WatchedDurablesTests {

	private final PostPhaseOperations operations = mock(PostPhaseOperations.class);

	private final Map<String, DurablePostPhase> stored = new ConcurrentHashMap<>();

	private final WatchedDurables watched;

	WatchedDurablesTests() {
		given(this.operations.findDurable(anyCollection())).willAnswer((invocation) -> {
			Collection<String> ids = invocation.getArgument(0);
			Map<String, DurablePostPhase> found = new ConcurrentHashMap<>(this.stored);
			found.keySet().retainAll(ids);
			return found;
		});
		Duration any = Duration.ofSeconds(1);
		StatusSettings settings = new StatusSettings("/post-phases", any, 1, false, false, any, any, any, any, 1);
		this.watched = new WatchedDurables(new StatusStore(settings, this.operations));
	}

	@Test
	void readsAllAtOnce() {
		this.watched.add(store("a", 1));
		this.watched.add(store("b", 1));
		store("a", 2);
		store("b", 3);
		assertThat(attempt("a")).as("not read before").isOne();
		read("a", "b", "in-memory");
		assertThat(attempt("a")).isEqualTo(2);
		assertThat(attempt("b")).isEqualTo(3);
		then(this.operations).should(times(1)).findDurable(anyCollection());
		then(this.operations).should().findDurable(Set.of("a", "b"));
	}

	@Test
	void doesNotReadWhatNobodyWatches() {
		this.watched.add(store("a", 1));
		read("in-memory");
		assertThat(this.watched.contains("a")).isFalse();
		then(this.operations).should(never()).findDurable(anyCollection());
	}

	@Test
	void knowsWhatIsNotThereAnyMore() {
		this.watched.add(store("a", 1));
		this.stored.clear();
		read("a");
		assertThat(this.watched.contains("a")).isTrue();
		assertThat(this.watched.find("a")).isNull();
	}

	@Test
	void findsWhatHasBecomeDurable() {
		store("a", 1);
		assertThat(attempt("a")).isOne();
		store("a", 2);
		read("a");
		assertThat(attempt("a")).isEqualTo(2);
	}

	@Test
	void goesOnWithTheLastOnesWhileTheyCannotBeRead(CapturedOutput output) {
		this.watched.add(store("a", 1));
		given(this.operations.findDurable(anyCollection())).willThrow(new IllegalStateException("wanted"));
		read("a");
		read("a");
		assertThat(attempt("a")).isOne();
		assertThat(output.getOut().split("hear nothing of them", -1)).as("logged once").hasSize(2);
	}

	@Test
	void readsOnceAtATimeAndAgainAfterOneThatWasRejected() {
		this.watched.add(store("a", 1));
		this.watched.read(List.of("a"), (task) -> {
			read("a");
			task.run();
		});
		then(this.operations).should(times(1)).findDurable(anyCollection());
		Executor stopped = (task) -> {
			throw new RejectedExecutionException("wanted");
		};
		this.watched.read(List.of("a"), stopped);
		read("a");
		then(this.operations).should(times(2)).findDurable(anyCollection());
	}

	@Test
	void streamEndsIfWhatItShowsCannotBeReadAtTheBeginning() {
		given(this.operations.findDurable(anyCollection())).willThrow(new IllegalStateException("wanted"));
		assertThatExceptionOfType(StatusUnavailableException.class).isThrownBy(() -> this.watched.find("a"));
	}

	private void read(String... ids) {
		this.watched.read(List.of(ids), Runnable::run);
	}

	private int attempt(String id) {
		PostPhaseExecution found = this.watched.find(id);
		assertThat(found).isNotNull();
		return found.attempt();
	}

	private DurablePostPhase store(String id, int attempt) {
		DurablePostPhase postPhase = new DurablePostPhase(id, "work", State.RUNNING, null, Instant.EPOCH, null, null,
				null, attempt, null, Delivery.SENT, null, null, null, "node");
		this.stored.put(id, postPhase);
		return postPhase;
	}

}
