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

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;

import io.github.earlyresponse.micrometer.PostPhaseObservationConvention;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.observation.GlobalObservationConvention;
import io.micrometer.observation.ObservationFilter;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationPredicate;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationHandlerGroup;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationRegistryCustomizer;
import org.springframework.util.ClassUtils;

/**
 * Finds the beans because of which an observation does more than timing, or times
 * something else: all that observe or customize observations, but those with which Spring
 * Boot makes meters of them. A registry cannot be asked for its handlers.
 */
final class ObservationCustomizations {

	private static final String SPRING_BOOT = "org.springframework.boot.";

	private static final boolean hasSpringBoot = ClassUtils.isPresent(
			"org.springframework.boot.micrometer.observation.autoconfigure.ObservationRegistryCustomizer",
			ObservationCustomizations.class.getClassLoader());

	private final ConfigurableListableBeanFactory beans;

	ObservationCustomizations(ConfigurableListableBeanFactory beans) {
		this.beans = beans;
	}

	/**
	 * Finds one of them.
	 * @return the name of the bean, {@code null} if there is none
	 */
	@Nullable String find() {
		return types().flatMap(this::names).filter((name) -> !isKnown(name)).findFirst().orElse(null);
	}

	private static Stream<Class<?>> types() {
		Stream<Class<?>> types = Stream.of(PostPhaseObservationConvention.class, ObservationRegistry.class,
				ObservationHandler.class, ObservationPredicate.class, ObservationFilter.class,
				GlobalObservationConvention.class);
		return (hasSpringBoot) ? Stream.concat(types, SpringBootTypes.get()) : types;
	}

	private Stream<String> names(Class<?> type) {
		return Arrays.stream(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beans, type));
	}

	private boolean isKnown(String name) {
		if (!isOfSpringBoot(name)) {
			return false;
		}
		Class<?> type = Objects.requireNonNull(this.beans.getType(name));
		return !ObservationHandler.class.isAssignableFrom(type) || type == DefaultMeterObservationHandler.class;
	}

	private boolean isOfSpringBoot(String name) {
		if (this.beans.containsBeanDefinition(name)
				&& this.beans.getMergedBeanDefinition(name) instanceof RootBeanDefinition definition) {
			Method method = definition.getResolvedFactoryMethod();
			return method != null && method.getDeclaringClass().getName().startsWith(SPRING_BOOT);
		}
		return false;
	}

	/**
	 * Loaded only if there are such types.
	 */
	private static final class SpringBootTypes {

		private static Stream<Class<?>> get() {
			return Stream.of(ObservationRegistryCustomizer.class, ObservationHandlerGroup.class);
		}

	}

}
