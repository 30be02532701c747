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

import java.util.List;

import io.github.earlyresponse.micrometer.PostPhaseMeterDocumentation.Tags;
import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.observation.MeterObservationHandler;
import io.micrometer.observation.Observation;

/**
 * Times the post-phases that are observed, in place of Micrometer's handler, which knows
 * no descriptions.
 */
public final class PostPhaseMeterObservationHandler implements MeterObservationHandler<PostPhaseObservationContext> {

	private final MeterRegistry registry;

	/**
	 * Creates the handler.
	 * @param registry where the timers are
	 */
	public PostPhaseMeterObservationHandler(MeterRegistry registry) {
		this.registry = registry;
	}

	@Override
	public boolean supportsContext(Observation.Context context) {
		return context instanceof PostPhaseObservationContext;
	}

	@Override
	public void onStart(PostPhaseObservationContext context) {
		LongTaskTimer.Sample active = LongTaskTimer.builder(name(context) + ".active")
			.description(PostPhaseMeterDocumentation.ACTIVE.getDescription())
			.tag(Tags.NAME.asString(), context.getPostPhase().name())
			.register(this.registry)
			.start();
		context.put(Samples.class, new Samples(Timer.start(this.registry), active));
	}

	@Override
	public void onStop(PostPhaseObservationContext context) {
		Samples samples = context.get(Samples.class);
		if (samples != null) {
			samples.active().stop();
			samples.timer()
				.stop(Timer.builder(name(context))
					.description(PostPhaseMeterDocumentation.POST_PHASE.getDescription())
					.tags(tags(context))
					.register(this.registry));
		}
	}

	private static String name(PostPhaseObservationContext context) {
		String name = context.getName();
		return (name != null) ? name : PostPhaseMeterDocumentation.POST_PHASE.getName();
	}

	private static List<Tag> tags(PostPhaseObservationContext context) {
		return context.getLowCardinalityKeyValues().stream().map(PostPhaseMeterObservationHandler::tag).toList();
	}

	private static Tag tag(KeyValue keyValue) {
		return Tag.of(keyValue.getKey(), keyValue.getValue());
	}

	private record Samples(Timer.Sample timer, LongTaskTimer.Sample active) {
	}

}
