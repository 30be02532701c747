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

import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.util.function.SingletonSupplier;

/**
 * Names the keys below {@code early-response} that nobody knows, which would have no
 * effect. Values are never shown, as they may be secret.
 */
class KeyCheck implements BeanFactoryPostProcessor {

	private static final Log logger = LogFactory.getLog(KeyCheck.class);

	private static final String BEGINNING = "early";

	private static final Pattern VARIABLE = Pattern.compile("EARLY_?RESPONSE(_.*)?", Pattern.CASE_INSENSITIVE);

	/**
	 * What Kubernetes and Docker set for a service of such a name.
	 */
	private static final Pattern SERVICE_LINK = Pattern
		.compile(".*_(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT|PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");

	private final Environment environment;

	KeyCheck(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		if (this.environment instanceof ConfigurableEnvironment configurable) {
			SingletonSupplier<KnownKeys> keys = SingletonSupplier
				.of(() -> new KnownKeys(beanFactory.getBeanClassLoader()));
			for (PropertySource<?> source : configurable.getPropertySources()) {
				if (source instanceof EnumerablePropertySource<?> enumerable) {
					check(enumerable, keys);
				}
			}
		}
	}

	private static void check(EnumerablePropertySource<?> source, SingletonSupplier<KnownKeys> keys) {
		for (String name : names(source)) {
			if (!name.regionMatches(true, 0, BEGINNING, 0, BEGINNING.length())) {
				continue;
			}
			if (source instanceof SystemEnvironmentPropertySource) {
				checkVariable(source, name, keys.obtain());
			}
			else {
				checkProperty(source, name, keys.obtain());
			}
		}
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

	private static void checkVariable(EnumerablePropertySource<?> source, String variable, KnownKeys keys) {
		if (VARIABLE.matcher(variable).matches() && !keys.containsVariable(variable) && !isLink(source, variable)) {
			logger.warn("The environment variable " + variable + " sets no property and has no effect." + didYouMean(
					keys.nearestToVariable(variable), (key) -> KnownKeys.variable(key) + ", which sets '" + key + "'"));
		}
	}

	private static boolean isLink(EnumerablePropertySource<?> source, String variable) {
		// Docker puts the path of a linked container into a variable for its name
		return SERVICE_LINK.matcher(variable).matches()
				|| (variable.endsWith("_NAME") && String.valueOf(source.getProperty(variable)).startsWith("/"));
	}

	private static void checkProperty(EnumerablePropertySource<?> source, String name, KnownKeys keys) {
		ConfigurationPropertyName key = ConfigurationPropertyName.adapt(name, '.');
		if (!key.equals(KnownKeys.PREFIX) && !KnownKeys.PREFIX.isAncestorOf(key)) {
			ConfigurationPropertyName meant = keys.ofLetters(name);
			if (meant != null) {
				warnOfUnknown(source, name, List.of(meant));
			}
			return;
		}
		ConfigurationPropertyName single = keys.singleValueAbove(key);
		if (single != null) {
			throw new InvalidConfigurationPropertyValueException(single.toString(),
					(key.hasIndexedElement()) ? "a list" : "a group of properties",
					"It takes a single value. '" + name + "' (" + origin(source, name) + ") has no effect: remove it.");
		}
		if (keys.contains(key)) {
			return;
		}
		if (!keys.isGroup(key)) {
			warnOfUnknown(source, name, keys.nearest(name));
		}
		else if (hasValue(source, name)) {
			ConfigurationPropertyName enabled = key.append("enabled");
			logger.warn("'" + name + "' (" + origin(source, name)
					+ ") is a group of properties, and a value of its own has no effect."
					+ ((keys.contains(enabled)) ? " Did you mean '" + enabled + "'?" : " Set one of the group."));
		}
	}

	/**
	 * A group without any properties in YAML has an empty value.
	 */
	private static boolean hasValue(EnumerablePropertySource<?> source, String name) {
		Object value = source.getProperty(name);
		return value != null && !value.toString().isEmpty();
	}

	private static void warnOfUnknown(EnumerablePropertySource<?> source, String name,
			List<ConfigurationPropertyName> meant) {
		logger.warn("The property '" + name + "' (" + origin(source, name) + ") is not known and has no effect."
				+ didYouMean(meant, (key) -> "'" + key + "'"));
	}

	private static String didYouMean(List<ConfigurationPropertyName> keys,
			Function<ConfigurationPropertyName, String> form) {
		return (keys.isEmpty()) ? ""
				: keys.stream().map(form).collect(Collectors.joining(" or ", " Did you mean ", "?"));
	}

	private static Object origin(EnumerablePropertySource<?> source, String name) {
		Origin origin = OriginLookup.getOrigin(source, name);
		return (origin != null) ? origin : "property source '" + source.getName() + "'";
	}

}
