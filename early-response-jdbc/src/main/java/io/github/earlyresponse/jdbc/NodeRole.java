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

package io.github.earlyresponse.jdbc;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.github.earlyresponse.call.PostPhaseMethod;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.function.SingletonSupplier;

/**
 * Which durable post-phases this node runs, and which it takes over.
 */
final class NodeRole implements SmartInitializingSingleton {

	private final Work work;

	private final Supplier<Map<String, PostPhaseMethod>> methods;

	/** With all names of each method, {@code null} for no limit. */
	private final @Nullable SingletonSupplier<Set<String>> names;

	/**
	 * Creates the role.
	 * @param work what the node works on
	 * @param names to which post-phases that is limited, by any of their names; empty for
	 * all
	 * @param methods the durable post-phases by all their names
	 */
	NodeRole(Work work, Collection<String> names, Supplier<Map<String, PostPhaseMethod>> methods) {
		this.work = work;
		this.methods = methods;
		this.names = (!names.isEmpty()) ? SingletonSupplier.of(() -> allNames(names)) : null;
	}

	private Set<String> allNames(Collection<String> names) {
		Map<String, PostPhaseMethod> methods = this.methods.get();
		Set<PostPhaseMethod> chosen = new LinkedHashSet<>();
		for (String name : names) {
			PostPhaseMethod method = methods.get(name);
			if (method == null) {
				throw new InvalidConfigurationPropertyValueException("early-response.jdbc.names", name,
						"No durable @PostPhase method has the name or alias '" + name + "'. Remove it, or use one of "
								+ new TreeSet<>(methods.keySet()) + ".");
			}
			chosen.add(method);
		}
		return methods.entrySet()
			.stream()
			.filter((entry) -> chosen.contains(entry.getValue()))
			.map(Map.Entry::getKey)
			.collect(Collectors.toSet());
	}

	@Override
	public void afterSingletonsInstantiated() {
		if (this.names != null) {
			this.names.obtain();
		}
	}

	/**
	 * Whether the node runs post-phases of a name that it has accepted.
	 * @param name the name, or an alias
	 */
	boolean worksOn(String name) {
		return this.work != Work.ACCEPT_ONLY && (this.names == null || this.names.obtain().contains(name));
	}

	/**
	 * The names and aliases of what the node takes over.
	 * @return the names, empty if it takes nothing over
	 */
	List<String> takeovers() {
		return (this.work == Work.ON) ? this.methods.get().keySet().stream().filter(this::worksOn).toList() : List.of();
	}

}
