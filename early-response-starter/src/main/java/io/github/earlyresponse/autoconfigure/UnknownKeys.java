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

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.util.function.SingletonSupplier;

/**
 * What property sources set below {@code early-response} without effect, each key once,
 * with all places where it is set. Values are never shown, as they may be secret.
 */
class UnknownKeys {

	private static final Log logger = LogFactory.getLog(UnknownKeys.class);

	private static final String BEGINNING = "early";

	private static final Pattern VARIABLE = Pattern.compile("EARLY[_.-]?RESPONSE([_.-].*)?", Pattern.CASE_INSENSITIVE);

	/**
	 * What Kubernetes and Docker set for a service of such a name.
	 */
	private static final Pattern SERVICE_LINK = Pattern
		.compile(".*_(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT|PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");

	/**
	 * Made when there is something to look for, which costs time at the start.
	 */
	private final SingletonSupplier<KnownKeys> keys;

	private final Map<Object, Finding> findings = new LinkedHashMap<>();

	UnknownKeys(@Nullable ClassLoader classLoader) {
		this.keys = SingletonSupplier.of(() -> new KnownKeys(classLoader));
	}

	/**
	 * Adds those of a property source.
	 * @param source the source
	 * @throws InvalidConfigurationPropertyValueException if it sets something that cannot
	 * be bound
	 */
	void add(EnumerablePropertySource<?> source) {
		for (String name : names(source)) {
			if (!name.regionMatches(true, 0, BEGINNING, 0, BEGINNING.length())) {
				continue;
			}
			if (source instanceof SystemEnvironmentPropertySource) {
				addVariable(source, name);
			}
			else {
				addProperty(source, name);
			}
		}
	}

	private KnownKeys keys() {
		return this.keys.obtain();
	}

	private static String[] names(EnumerablePropertySource<?> source) {
		try {
			return source.getPropertyNames();
		}
		catch (RuntimeException ex) {
			logger.debug("The names in property source '" + source.getName() + "' are not known", ex);
			return new String[0];
		}
	}

	private void addVariable(EnumerablePropertySource<?> source, String variable) {
		if (!VARIABLE.matcher(variable).matches() || keys().containsVariable(source.getName(), variable)
				|| isLink(source, variable)) {
			return;
		}
		ConfigurationPropertyName group = keys().groupOfVariable(source.getName(), variable);
		if (group != null) {
			addGroup(source, variable, group, KnownKeys::variable);
			return;
		}
		add(variable, source, variable,
				(origins) -> "The environment variable " + variable + " sets no property and has no effect."
						+ didYouMean(keys().nearestToVariable(variable),
								(key) -> KnownKeys.variable(key) + ", which sets '" + key + "'"));
	}

	private static boolean isLink(EnumerablePropertySource<?> source, String variable) {
		// Docker puts the path of a linked container into a variable for its name
		return SERVICE_LINK.matcher(variable).matches()
				|| (variable.endsWith("_NAME") && String.valueOf(source.getProperty(variable)).startsWith("/"));
	}

	private void addProperty(EnumerablePropertySource<?> source, String name) {
		ConfigurationPropertyName key = ConfigurationPropertyName.adapt(name, '.');
		if (!key.equals(KnownKeys.PREFIX) && !KnownKeys.PREFIX.isAncestorOf(key)) {
			ConfigurationPropertyName meant = keys().ofLetters(name);
			if (meant != null) {
				addUnknown(name, source, name, List.of(meant));
			}
			return;
		}
		ConfigurationPropertyName single = keys().singleValueAbove(key);
		if (single != null) {
			throw new InvalidConfigurationPropertyValueException(single.toString(),
					(key.hasIndexedElement()) ? "a list" : "a group of properties",
					PropertyBounds.printable("It takes a single value. '" + name + "' (" + origin(source, name)
							+ ") has no effect: remove it."));
		}
		if (keys().contains(key)) {
			return;
		}
		if (keys().isGroup(key)) {
			addGroup(source, name, key, ConfigurationPropertyName::toString);
		}
		else {
			addUnknown(key, source, name, keys().nearest(name));
		}
	}

	/**
	 * A group with a value of its own, which is empty for a group in YAML that has no
	 * properties. Only the outermost one can be bound all the same.
	 */
	private void addGroup(EnumerablePropertySource<?> source, String name, ConfigurationPropertyName group,
			Function<ConfigurationPropertyName, String> form) {
		ConfigurationPropertyName enabled = group.append("enabled");
		boolean empty = String.valueOf(source.getProperty(name)).isEmpty();
		String remedy = (empty) ? " Remove it, or set one of the group."
				: keys().contains(enabled) ? " Did you mean '" + form.apply(enabled) + "'?" : " Set one of the group.";
		if (keys().isOwnGroup(group) && !group.equals(KnownKeys.PREFIX)) {
			throw new InvalidConfigurationPropertyValueException(group.toString(), (empty) ? "" : "a single value",
					PropertyBounds.printable("'" + name + "' (" + origin(source, name)
							+ ") is a group of properties, and takes no value of its own." + remedy));
		}
		if (!empty) {
			add(group, source, name, (origins) -> "'" + name + "' (" + origins
					+ ") is a group of properties, and a value of its own has no effect." + remedy);
		}
	}

	private void addUnknown(Object key, EnumerablePropertySource<?> source, String name,
			List<ConfigurationPropertyName> meant) {
		add(key, source, name, (origins) -> "The property '" + name + "' (" + origins
				+ ") is not known and has no effect." + didYouMean(meant, (other) -> "'" + other + "'"));
	}

	private void add(Object key, EnumerablePropertySource<?> source, String name, Function<String, String> text) {
		this.findings.computeIfAbsent(key, (absent) -> new Finding(text, new ArrayList<>()))
			.origins()
			.add(origin(source, name));
	}

	private static String didYouMean(List<ConfigurationPropertyName> keys,
			Function<ConfigurationPropertyName, String> form) {
		return (keys.isEmpty()) ? ""
				: keys.stream().map(form).collect(Collectors.joining(" or ", " Did you mean ", "?"));
	}

	private static String origin(EnumerablePropertySource<?> source, String name) {
		Origin origin = OriginLookup.getOrigin(source, name);
		return (origin != null) ? origin.toString() : "property source '" + source.getName() + "'";
	}

	/**
	 * What was found, for people.
	 */
	Stream<String> describe() {
		return this.findings.values()
			.stream()
			.map((finding) -> finding.text().apply(String.join(", ", finding.origins())))
			.map(PropertyBounds::printable);
	}

	private record Finding(Function<String, String> text, List<String> origins) {
	}

}
