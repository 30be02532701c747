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

package io.github.earlyresponse.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.Order;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Condition for {@link ConditionalOnFlag}.
 */
@Order(Ordered.HIGHEST_PRECEDENCE + 40)
class OnFlagCondition extends SpringBootCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		MergedAnnotation<ConditionalOnFlag> annotation = metadata.getAnnotations().get(ConditionalOnFlag.class);
		boolean havingValue = annotation.getBoolean("havingValue");
		ConditionMessage.Builder message = ConditionMessage.forCondition(ConditionalOnFlag.class);
		for (Flag flag : annotation.getEnumArray(MergedAnnotation.VALUE, Flag.class)) {
			boolean on = flag.isOn(context.getEnvironment());
			if (on != havingValue) {
				return ConditionOutcome.noMatch(message.because(flag.key() + " is " + on));
			}
		}
		return ConditionOutcome.match(message.because("matched"));
	}

}
