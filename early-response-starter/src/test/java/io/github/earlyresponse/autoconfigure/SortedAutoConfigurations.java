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

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.Configurations;
import org.springframework.core.Ordered;

/**
 * {@link AutoConfigurations} that are sorted once, not again for each application.
 */
final class SortedAutoConfigurations extends Configurations implements Ordered {

	private static final Map<Set<Class<?>>, Collection<Class<?>>> sorted = new ConcurrentHashMap<>();

	private SortedAutoConfigurations(Collection<Class<?>> classes) {
		super(SortedAutoConfigurations::sort, classes, Class::getName);
	}

	static SortedAutoConfigurations of(Class<?>... classes) {
		return new SortedAutoConfigurations(List.of(classes));
	}

	private static Collection<Class<?>> sort(Collection<Class<?>> classes) {
		return sorted.computeIfAbsent(Set.copyOf(classes),
				(all) -> List.of(Configurations.getClasses(AutoConfigurations.of(all.toArray(Class<?>[]::new)))));
	}

	@Override
	public int getOrder() {
		return AutoConfigurations.of().getOrder();
	}

	@Override
	protected Configurations merge(Set<Class<?>> classes) {
		return new SortedAutoConfigurations(classes);
	}

}
