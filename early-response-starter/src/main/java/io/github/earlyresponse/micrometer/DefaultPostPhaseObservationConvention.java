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
import java.util.concurrent.ConcurrentHashMap;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.micrometer.PostPhaseObservationDocumentation.HighCardinalityKeys;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.common.docs.KeyName;
import org.jspecify.annotations.Nullable;

/**
 * Default convention for the observation of a post-phase, as documented in
 * {@link PostPhaseObservationDocumentation}.
 */
public class DefaultPostPhaseObservationConvention implements PostPhaseObservationConvention {

	private static final Map<Delivery, KeyValue> deliveries = keyValues(HighCardinalityKeys.DELIVERY, Delivery.class);

	private final Map<String, Named> named = new ConcurrentHashMap<>();

	@Override
	public @Nullable String getName() {
		return PostPhaseObservationDocumentation.POST_PHASE.getName();
	}

	@Override
	public String getContextualName(PostPhaseObservationContext context) {
		return named(context).contextualName;
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(PostPhaseObservationContext context) {
		Named named = named(context);
		PostPhaseOutcome outcome = context.getOutcome();
		if (outcome != null) {
			return Objects.requireNonNull(named.ended.get(outcome));
		}
		return (context.isRetried()) ? named.retried : named.running;
	}

	private Named named(PostPhaseObservationContext context) {
		String name = context.getPostPhase().name();
		Named named = this.named.get(name);
		return (named != null) ? named : this.named.computeIfAbsent(name, Named::new);
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(PostPhaseObservationContext context) {
		return context.highCardinalityKeyValues(DefaultPostPhaseObservationConvention::highCardinalityKeyValues);
	}

	private static KeyValues highCardinalityKeyValues(PostPhaseExecution postPhase) {
		return KeyValues.of(new PostPhaseId(postPhase), Objects.requireNonNull(deliveries.get(postPhase.delivery())));
	}

	private static <E extends Enum<E>> Map<E, KeyValue> keyValues(KeyName key, Class<E> type) {
		Map<E, KeyValue> values = new EnumMap<>(type);
		for (E constant : type.getEnumConstants()) {
			values.put(constant, key.withValue(constant.name().toLowerCase(Locale.ROOT)));
		}
		return values;
	}

	/**
	 * What does not depend on more than the name of a post-phase and its outcome, made
	 * once.
	 */
	private static final class Named {

		private final String contextualName;

		private final KeyValues running;

		private final KeyValues retried;

		private final Map<PostPhaseOutcome, KeyValues> ended = new EnumMap<>(PostPhaseOutcome.class);

		Named(String name) {
			KeyValue nameKeyValue = PostPhaseKeyNames.NAME.withValue(name);
			this.contextualName = "post-phase " + name;
			this.running = KeyValues.of(nameKeyValue, PostPhaseKeyNames.OUTCOME.withValue(KeyValue.NONE_VALUE));
			this.retried = KeyValues.of(nameKeyValue, PostPhaseKeyNames.OUTCOME.withValue("retried"));
			keyValues(PostPhaseKeyNames.OUTCOME, PostPhaseOutcome.class)
				.forEach((outcome, keyValue) -> this.ended.put(outcome, KeyValues.of(nameKeyValue, keyValue)));
		}

	}

	/**
	 * Has the id made if somebody looks at it, as tracing does and metrics do not.
	 */
	private record PostPhaseId(PostPhaseExecution postPhase) implements KeyValue {

		@Override
		public String getKey() {
			return HighCardinalityKeys.ID.asString();
		}

		@Override
		public String getValue() {
			return this.postPhase.id();
		}

	}

}
