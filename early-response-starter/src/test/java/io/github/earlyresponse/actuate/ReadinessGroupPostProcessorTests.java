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

import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.web.WebServerNamespace;
import org.springframework.boot.health.actuate.endpoint.AdditionalHealthEndpointPath;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroup;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.actuate.endpoint.HttpCodeStatusMapper;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link ReadinessGroupPostProcessor}.
 */
class ReadinessGroupPostProcessorTests {

	private final HealthEndpointGroup primary = mock();

	private final HealthEndpointGroup liveness = mock();

	private final HealthEndpointGroup readiness = mock();

	private static HealthEndpointGroups process(HealthEndpointGroups groups) {
		return new ReadinessGroupPostProcessor("earlyResponse").postProcessHealthEndpointGroups(groups);
	}

	@Test
	void readinessHasFurtherMemberAndKeepsItsOwn() {
		given(this.readiness.isMember("db")).willReturn(true);
		HealthEndpointGroup readiness = process(
				HealthEndpointGroups.of(this.primary, Map.of("readiness", this.readiness)))
			.get("readiness");
		assertThat(readiness.isMember("earlyResponse")).isTrue();
		assertThat(readiness.isMember("db")).isTrue();
		assertThat(readiness.isMember("mail")).isFalse();
	}

	@Test
	void readinessKeepsItsSettings() {
		AdditionalHealthEndpointPath path = AdditionalHealthEndpointPath.of(WebServerNamespace.SERVER, "/readyz");
		StatusAggregator aggregator = mock();
		HttpCodeStatusMapper mapper = mock();
		SecurityContext security = mock();
		given(this.readiness.getAdditionalPath()).willReturn(path);
		given(this.readiness.getStatusAggregator()).willReturn(aggregator);
		given(this.readiness.getHttpCodeStatusMapper()).willReturn(mapper);
		given(this.readiness.showComponents(security)).willReturn(true);
		given(this.readiness.showDetails(security)).willReturn(true);
		HealthEndpointGroups groups = process(
				HealthEndpointGroups.of(this.primary, Map.of("readiness", this.readiness)));
		HealthEndpointGroup readiness = groups.get(path);
		assertThat(readiness.isMember("earlyResponse")).isTrue();
		assertThat(readiness.getStatusAggregator()).isSameAs(aggregator);
		assertThat(readiness.getHttpCodeStatusMapper()).isSameAs(mapper);
		assertThat(readiness.showComponents(security)).isTrue();
		assertThat(readiness.showDetails(security)).isTrue();
	}

	@Test
	void otherGroupsAreLeftAlone() {
		HealthEndpointGroups groups = process(
				HealthEndpointGroups.of(this.primary, Map.of("readiness", this.readiness, "liveness", this.liveness)));
		assertThat(groups.getPrimary()).isSameAs(this.primary);
		assertThat(groups.get("liveness")).isSameAs(this.liveness);
		assertThat(groups.getNames()).containsExactlyInAnyOrder("readiness", "liveness");
	}

	@Test
	void readinessThatIsNotThereIsNotMade() {
		HealthEndpointGroups groups = process(HealthEndpointGroups.of(this.primary, Map.of()));
		assertThat(groups.get("readiness")).isNull();
		assertThat(groups.getNames()).isEmpty();
	}

	@Test
	void groupsWithoutAdditionalPathsHaveNone() {
		HealthEndpointGroups groups = process(HealthEndpointGroups.of(this.primary, Map.of()));
		assertThat(((ReadinessHealthEndpointGroups) groups).getAdditionalPaths(HealthEndpoint.ID,
				WebServerNamespace.SERVER))
			.isNull();
	}

}
