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

import java.util.Set;

import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.micrometer.PostPhaseObservationConvention;
import io.github.earlyresponse.micrometer.PostPhaseObservationDocumentation;
import io.github.earlyresponse.micrometer.PostPhaseObservations;
import io.github.earlyresponse.micrometer.PostPhaseTimers;
import io.github.earlyresponse.run.PostPhaseObserver;
import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler.IgnoredMeters;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;
import io.micrometer.observation.ObservationPredicate;
import io.micrometer.observation.ObservationRegistry;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration of the observation of post-phases. Where only Micrometer's meters
 * would observe them, they are timed without it. Where there is no registry of
 * observations, they are timed as well.
 */
@AutoConfiguration(after = EarlyResponseMetricsAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean(PostPhaseOperations.class)
public final class EarlyResponseObservationAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	PostPhaseObserver postPhaseObserver(ObjectProvider<ObservationRegistry> registry,
			ObjectProvider<PostPhaseObservationConvention> convention) {
		return new PostPhaseObservations(registry.getIfUnique(() -> ObservationRegistry.NOOP),
				convention.getIfUnique());
	}

	/**
	 * Decides when the beans are created: those that observe can come from
	 * auto-configurations after this one.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterRegistry.class)
	@ConditionalOnSingleCandidate(MeterRegistry.class)
	static class MetersConfiguration {

		private static final Log logger = LogFactory.getLog(EarlyResponseObservationAutoConfiguration.class);

		private static final String IGNORED_METERS = "management.metrics.observations.ignored-meters";

		private final MeterRegistry meters;

		MetersConfiguration(MeterRegistry meters) {
			this.meters = meters;
		}

		@Bean
		@ConditionalOnMissingBean
		PostPhaseObserver postPhaseObserver(ObjectProvider<ObservationRegistry> registry,
				ObjectProvider<PostPhaseObservationConvention> convention,
				ObjectProvider<DefaultMeterObservationHandler> handler, ObjectProvider<ObservationPredicate> predicates,
				ObjectProvider<ObservationFilter> filters, EarlyResponseProperties properties,
				ConfigurableListableBeanFactory beans, Environment environment) {
			boolean always = properties.getObservation().isAlways();
			String customization = new ObservationCustomizations(beans).find();
			if (always || customization != null) {
				logger.debug("Each post-phase is an observation because of "
						+ ((always) ? "early-response.observation.always" : "the bean '" + customization + "'"));
				return new PostPhaseObservations(registry.getIfUnique(this::timersOnly), convention.getIfUnique());
			}
			if (handler.getIfUnique() == null && registry.getIfUnique() != null) {
				return PostPhaseObserver.none();
			}
			return timers(predicates, filters, ignoredMeters(environment));
		}

		private ObservationRegistry timersOnly() {
			ObservationRegistry registry = ObservationRegistry.create();
			registry.observationConfig().observationHandler(new DefaultMeterObservationHandler(this.meters));
			return registry;
		}

		/**
		 * The predicates and filters are those of Spring Boot, which look at the name
		 * alone.
		 */
		private PostPhaseObserver timers(ObjectProvider<ObservationPredicate> predicates,
				ObjectProvider<ObservationFilter> filters, Set<IgnoredMeters> ignoredMeters) {
			String name = PostPhaseObservationDocumentation.POST_PHASE.getName();
			Observation.Context context = new Observation.Context();
			if (!predicates.stream().allMatch((predicate) -> predicate.test(name, context))) {
				return PostPhaseObserver.none();
			}
			Tags extraTags = Tags.empty();
			for (ObservationFilter filter : filters.orderedStream().toList()) {
				for (KeyValue keyValue : filter.map(context).getLowCardinalityKeyValues()) {
					extraTags = extraTags.and(keyValue.getKey(), keyValue.getValue());
				}
			}
			return new PostPhaseTimers(this.meters, extraTags, !ignoredMeters.contains(IgnoredMeters.LONG_TASK_TIMER));
		}

		private static Set<IgnoredMeters> ignoredMeters(Environment environment) {
			return Binder.get(environment).bind(IGNORED_METERS, Bindable.setOf(IgnoredMeters.class)).orElseGet(Set::of);
		}

	}

}
