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

import java.beans.PropertyDescriptor;
import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.json.JsonParseException;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.UrlResource;
import org.springframework.util.Assert;

/**
 * The keys below {@code early-response}: those of {@link EarlyResponseProperties}, and
 * those that other modules describe in their metadata. The latter are read only if a key
 * is none of the former.
 */
class KnownKeys {

	private static final Log logger = LogFactory.getLog(KnownKeys.class);

	static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("early-response");

	/**
	 * What the annotation processor makes, and what it is given, where it was not used.
	 */
	private static final List<String> METADATA = List.of("META-INF/spring-configuration-metadata.json",
			"META-INF/additional-spring-configuration-metadata.json");

	private final @Nullable ClassLoader classLoader;

	private final List<ConfigurationPropertyName> own = own();

	private @Nullable List<ConfigurationPropertyName> others;

	KnownKeys(@Nullable ClassLoader classLoader) {
		this.classLoader = classLoader;
	}

	private static List<ConfigurationPropertyName> own() {
		List<ConfigurationPropertyName> keys = new ArrayList<>();
		collect(PREFIX, EarlyResponseProperties.class, keys);
		return keys;
	}

	private static void collect(ConfigurationPropertyName prefix, Class<?> type,
			Collection<ConfigurationPropertyName> keys) {
		for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(type)) {
			ConfigurationPropertyName key = prefix.append(DataObjectPropertyName.toDashedForm(property.getName()));
			if (property.getWriteMethod() != null) {
				keys.add(key);
			}
			else if (property.getPropertyType().getDeclaringClass() == EarlyResponseProperties.class) {
				collect(key, property.getPropertyType(), keys);
			}
		}
	}

	private List<ConfigurationPropertyName> others() {
		List<ConfigurationPropertyName> others = this.others;
		if (others == null) {
			others = new ArrayList<>();
			try {
				ClassLoader classLoader = (this.classLoader != null) ? this.classLoader
						: ClassLoader.getSystemClassLoader();
				for (String metadata : METADATA) {
					for (URL resource : Collections.list(classLoader.getResources(metadata))) {
						read(resource, others);
					}
				}
			}
			catch (IOException ex) {
				logger.debug("The metadata of properties cannot be read", ex);
			}
			this.others = others;
		}
		return others;
	}

	private void read(URL metadata, Collection<ConfigurationPropertyName> keys) {
		try {
			String json = new UrlResource(metadata).getContentAsString(StandardCharsets.UTF_8);
			if (!json.contains("\"" + PREFIX + ".")) {
				return;
			}
			Object properties = JsonParserFactory.getJsonParser().parseMap(json).get("properties");
			if (properties instanceof Collection<?> elements) {
				elements.stream()
					.map((element) -> ((element instanceof Map<?, ?> map) ? map.get("name") : null))
					.map((name) -> ConfigurationPropertyName.ofIfValid(String.valueOf(name)))
					.filter((name) -> name != null && PREFIX.isAncestorOf(name) && !this.own.contains(name)
							&& !keys.contains(name))
					.forEach(keys::add);
			}
		}
		catch (IOException | JsonParseException ex) {
			logger.debug("The metadata of properties in " + metadata + " cannot be read", ex);
		}
	}

	/**
	 * The key of ours that takes a single value, and to which the name adds an index or a
	 * further element.
	 */
	@Nullable ConfigurationPropertyName singleValueAbove(ConfigurationPropertyName name) {
		return this.own.stream().filter((key) -> key.isAncestorOf(name)).findFirst().orElse(null);
	}

	boolean contains(ConfigurationPropertyName name) {
		return this.own.contains(name)
				|| others().stream().anyMatch((key) -> key.equals(name) || key.isAncestorOf(name));
	}

	boolean isGroup(ConfigurationPropertyName name) {
		return all().anyMatch(name::isAncestorOf);
	}

	boolean isOwnGroup(ConfigurationPropertyName name) {
		return this.own.stream().anyMatch(name::isAncestorOf);
	}

	/**
	 * Whether an environment variable sets a property, as Spring Boot sees it.
	 * @param source the name of its property source, which decides that too
	 * @param variable the name of the variable
	 * @return whether it sets one
	 */
	boolean containsVariable(String source, String variable) {
		ConfigurationPropertySource alone = alone(source, variable);
		String name = variable.toUpperCase(Locale.ROOT);
		return all().anyMatch((key) -> alone.getConfigurationProperty(key) != null) || others().stream()
			.anyMatch((key) -> name.startsWith(variable(key, "") + "_") || name.startsWith(variable(key, "_") + "_"));
	}

	/**
	 * The group of properties for which an environment variable would be the value.
	 * @param source the name of its property source
	 * @param variable the name of the variable
	 * @return the group, {@code null} if there is none
	 */
	@Nullable ConfigurationPropertyName groupOfVariable(String source, String variable) {
		ConfigurationPropertySource alone = alone(source, variable);
		return all().map(ConfigurationPropertyName::getParent)
			.filter((group) -> alone.getConfigurationProperty(group) != null)
			.findFirst()
			.orElse(null);
	}

	private static ConfigurationPropertySource alone(String source, String variable) {
		ConfigurationPropertySource alone = ConfigurationPropertySource
			.from(new SystemEnvironmentPropertySource(source, Map.of(variable, "")));
		Assert.state(alone != null, "The property source is not supported");
		return alone;
	}

	static String variable(ConfigurationPropertyName key) {
		return variable(key, "");
	}

	private static String variable(ConfigurationPropertyName key, String dash) {
		return key.toString().replace("-", dash).replace('.', '_').toUpperCase(Locale.ROOT);
	}

	/**
	 * The key of the same letters, whatever is between them.
	 */
	@Nullable ConfigurationPropertyName ofLetters(String name) {
		String letters = letters(name);
		return all().filter((key) -> letters(key.toString()).equals(letters)).findFirst().orElse(null);
	}

	/**
	 * The keys that were probably meant by a property.
	 */
	List<ConfigurationPropertyName> nearest(String name) {
		return nearest(letters(name), letters(name.substring(name.lastIndexOf('.') + 1)));
	}

	/**
	 * The keys that were probably meant by an environment variable, which does not tell
	 * where an element of its key begins.
	 */
	List<ConfigurationPropertyName> nearestToVariable(String variable) {
		String letters = letters(variable);
		return nearest(letters, letters.substring(letters(PREFIX.toString()).length()));
	}

	/**
	 * Those with the least distance, either as a whole, or in their last element, because
	 * that may have been put into another group.
	 */
	private List<ConfigurationPropertyName> nearest(String whole, String last) {
		List<ConfigurationPropertyName> nearest = new ArrayList<>();
		int least = Integer.MAX_VALUE;
		for (ConfigurationPropertyName key : all().toList()) {
			String lastOfKey = letters(key.getLastElement(ConfigurationPropertyName.Form.ORIGINAL));
			int distance = Math.min(distance(whole, letters(key.toString())), distance(last, lastOfKey) + 1);
			if (distance > Math.max(2, lastOfKey.length() / 3) || distance > least) {
				continue;
			}
			if (distance < least) {
				nearest.clear();
				least = distance;
			}
			nearest.add(key);
		}
		return nearest;
	}

	private Stream<ConfigurationPropertyName> all() {
		return Stream.concat(this.own.stream(), others().stream());
	}

	private static String letters(String name) {
		return name.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
	}

	/**
	 * The edit distance: how many characters have to be inserted, removed or replaced.
	 */
	private static int distance(String one, String other) {
		int[] row = new int[other.length() + 1];
		for (int j = 0; j <= other.length(); j++) {
			row[j] = j;
		}
		for (int i = 1; i <= one.length(); i++) {
			int diagonal = row[0];
			row[0] = i;
			for (int j = 1; j <= other.length(); j++) {
				int replaced = diagonal + ((one.charAt(i - 1) != other.charAt(j - 1)) ? 1 : 0);
				diagonal = row[j];
				row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
			}
		}
		return row[other.length()];
	}

}
