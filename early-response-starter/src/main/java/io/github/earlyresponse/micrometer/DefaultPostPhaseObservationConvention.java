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

import java.util.Locale;

import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.micrometer.PostPhaseObservationDocumentation.HighCardinalityKeys;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import org.jspecify.annotations.Nullable;

/**
 * Names and tags the observation of a post-phase as
 * {@link PostPhaseObservationDocumentation} says.
 */
public class DefaultPostPhaseObservationConvention implements PostPhaseObservationConvention {

	@Override
	public @Nullable String getName() {
		return PostPhaseObservationDocumentation.POST_PHASE.getName();
	}

	@Override
	public String getContextualName(PostPhaseObservationContext context) {
		return "post-phase " + context.getPostPhase().name();
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(PostPhaseObservationContext context) {
		return KeyValues.of(PostPhaseKeyNames.NAME.withValue(context.getPostPhase().name()), outcome(context));
	}

	private static KeyValue outcome(PostPhaseObservationContext context) {
		PostPhaseOutcome outcome = context.getOutcome();
		return PostPhaseKeyNames.OUTCOME
			.withValue((outcome != null) ? outcome.name().toLowerCase(Locale.ROOT) : KeyValue.NONE_VALUE);
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(PostPhaseObservationContext context) {
		return KeyValues.of(HighCardinalityKeys.ID.withValue(context.getPostPhase().id()), HighCardinalityKeys.DELIVERY
			.withValue(context.getPostPhase().delivery().name().toLowerCase(Locale.ROOT)));
	}

}
