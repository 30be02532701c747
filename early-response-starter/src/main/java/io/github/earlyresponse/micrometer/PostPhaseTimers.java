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

package io.github.earlyresponse.micrometer;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.run.PostPhaseObserver;
import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Times the post-phases that run, with the same meters that Micrometer makes of their
 * {@linkplain PostPhaseObservations observations}, where nothing else observes: the
 * observation would allocate as much as the rest of a post-phase.
 */
public final class PostPhaseTimers implements PostPhaseObserver {

	private static final Tag notEnded = tag(PostPhaseKeyNames.OUTCOME, KeyValue.NONE_VALUE);

	private static final Tag retried = tag(PostPhaseKeyNames.OUTCOME, "retried");

	private final MeterRegistry registry;

	private final Clock clock;

	private final Tags extraTags;

	private final @Nullable PostPhaseMeterCache<LongTaskTimer> active;

	private final PostPhaseMeterCache<Timer> retriedTimers;

	private final Map<PostPhaseOutcome, PostPhaseMeterCache<Timer>> timers = new EnumMap<>(PostPhaseOutcome.class);

	/**
	 * Creates the timers.
	 * @param registry where they are
	 * @param extraTags further tags of attempts that have ended
	 * @param active whether there are long task timers of those that run
	 */
	public PostPhaseTimers(MeterRegistry registry, Tags extraTags, boolean active) {
		this.registry = registry;
		this.clock = registry.config().clock();
		this.extraTags = extraTags;
		this.active = (active) ? new PostPhaseMeterCache<>(registry, this::activeTimer) : null;
		this.retriedTimers = timers(retried);
		for (PostPhaseOutcome outcome : PostPhaseOutcome.values()) {
			this.timers.put(outcome, timers(outcomeTag(outcome)));
		}
	}

	private PostPhaseMeterCache<Timer> timers(Tag outcome) {
		return new PostPhaseMeterCache<>(this.registry, (name) -> timer(name, outcome, null));
	}

	private static Tag outcomeTag(PostPhaseOutcome outcome) {
		return tag(PostPhaseKeyNames.OUTCOME, outcome.name().toLowerCase(Locale.ROOT));
	}

	private static Tag tag(PostPhaseKeyNames key, String value) {
		return Tag.of(key.asString(), value);
	}

	private LongTaskTimer activeTimer(String name) {
		return LongTaskTimer.builder(PostPhaseMeterDocumentation.ACTIVE.getName())
			.tags(Tags.of(tag(PostPhaseKeyNames.NAME, name), notEnded))
			.register(this.registry);
	}

	private Timer timer(String name, Tag outcome, @Nullable Throwable failure) {
		String error = (failure != null) ? failure.getClass().getSimpleName() : KeyValue.NONE_VALUE;
		return Timer.builder(PostPhaseMeterDocumentation.POST_PHASE.getName())
			.tags(this.extraTags.and(tag(PostPhaseKeyNames.NAME, name), outcome, tag(PostPhaseKeyNames.ERROR, error)))
			.register(this.registry);
	}

	@Override
	public Run started(PostPhaseExecution postPhase) {
		String name = postPhase.name();
		return new TimedRun(name, (this.active != null) ? this.active.get(name).start() : null);
	}

	/**
	 * One attempt, with its long task timer.
	 */
	private final class TimedRun implements Run {

		private final String name;

		private final LongTaskTimer.@Nullable Sample active;

		private final long start = PostPhaseTimers.this.clock.monotonicTime();

		TimedRun(String name, LongTaskTimer.@Nullable Sample active) {
			this.name = name;
			this.active = active;
		}

		@Override
		public void ended(@Nullable PostPhaseOutcome outcome, @Nullable Throwable failure) {
			long duration = PostPhaseTimers.this.clock.monotonicTime() - this.start;
			try {
				timer(outcome, failure).record(duration, TimeUnit.NANOSECONDS);
			}
			finally {
				if (this.active != null) {
					this.active.stop();
				}
			}
		}

		/**
		 * Those of failures are looked up, as their exceptions are not known beforehand.
		 */
		private Timer timer(@Nullable PostPhaseOutcome outcome, @Nullable Throwable failure) {
			if (failure != null) {
				return PostPhaseTimers.this.timer(this.name, (outcome != null) ? outcomeTag(outcome) : retried,
						failure);
			}
			return ((outcome != null) ? Objects.requireNonNull(PostPhaseTimers.this.timers.get(outcome))
					: PostPhaseTimers.this.retriedTimers)
				.get(this.name);
		}

	}

}
