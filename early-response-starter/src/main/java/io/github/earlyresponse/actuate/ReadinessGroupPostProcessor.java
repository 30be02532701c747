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

package io.github.earlyresponse.actuate;

import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroupsPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * {@link HealthEndpointGroupsPostProcessor} that adds a member to the readiness group. It
 * has to come after the one that makes this group of the availability probes, whose order
 * is the same.
 */
@Order(Ordered.LOWEST_PRECEDENCE)
public class ReadinessGroupPostProcessor implements HealthEndpointGroupsPostProcessor {

	private final String member;

	/**
	 * Creates the post-processor.
	 * @param member the name of the further member
	 */
	public ReadinessGroupPostProcessor(String member) {
		this.member = member;
	}

	@Override
	public HealthEndpointGroups postProcessHealthEndpointGroups(HealthEndpointGroups groups) {
		return new ReadinessHealthEndpointGroups(groups, this.member);
	}

}
