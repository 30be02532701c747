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

import io.github.earlyresponse.call.PostPhaseStandIn;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/**
 * Auto-configuration of what runs instead of post-phases whose beans are missing in a
 * test slice. A test of the whole application has none: there they have to exist.
 */
@AutoConfiguration
@Conditional(ReplaceMissingCondition.class)
final class MissingPostPhasesAutoConfiguration {

	@Bean
	PostPhaseStandIn missingPostPhaseStandIn(ObjectProvider<PostPhaseRecorder> recorder) {
		return (offered, context) -> recorder.ifAvailable((available) -> available.offered(context.id(), offered));
	}

}
