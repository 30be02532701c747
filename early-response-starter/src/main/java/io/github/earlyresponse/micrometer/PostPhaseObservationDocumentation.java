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

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * The observations of this library.
 */
public enum PostPhaseObservationDocumentation implements ObservationDocumentation {

	/**
	 * An attempt of a post-phase, from its start to its end.
	 */
	POST_PHASE {

		@Override
		public String getName() {
			return NAME;
		}

		@Override
		public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
			return DefaultPostPhaseObservationConvention.class;
		}

		@Override
		public KeyName[] getLowCardinalityKeyNames() {
			return new KeyName[] { PostPhaseKeyNames.NAME, PostPhaseKeyNames.OUTCOME };
		}

		@Override
		public KeyName[] getHighCardinalityKeyNames() {
			return HighCardinalityKeys.values();
		}

	};

	private static final String NAME = "early.response.post.phase";

	/**
	 * High cardinality keys, used as tags of spans only.
	 */
	public enum HighCardinalityKeys implements KeyName {

		/**
		 * The id of the post-phase.
		 */
		ID {

			@Override
			public String asString() {
				return "id";
			}

		},

		/**
		 * What is known about the delivery of the early response.
		 */
		DELIVERY {

			@Override
			public String asString() {
				return "delivery";
			}

		}

	}

}
