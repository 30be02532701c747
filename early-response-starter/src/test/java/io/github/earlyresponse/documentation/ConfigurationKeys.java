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

package io.github.earlyresponse.documentation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The properties that the libraries on the class path describe.
 */
final class ConfigurationKeys {

	private final Map<String, JsonNode> properties = new TreeMap<>();

	private ConfigurationKeys() {
	}

	static ConfigurationKeys ofClassPath() {
		ConfigurationKeys keys = new ConfigurationKeys();
		try {
			for (URL url : Collections.list(ConfigurationKeys.class.getClassLoader()
				.getResources("META-INF/spring-configuration-metadata.json"))) {
				try (InputStream stream = url.openStream()) {
					keys.add(JsonMapper.shared().readTree(stream));
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return keys;
	}

	/**
	 * The properties of a module that is not on the class path.
	 */
	static ConfigurationKeys ofModule(String module) {
		ConfigurationKeys keys = new ConfigurationKeys();
		keys.add(JsonMapper.shared()
			.readTree(Documentation
				.read(module + "/src/main/resources/META-INF/additional-spring-configuration-metadata.json")));
		return keys;
	}

	private void add(JsonNode metadata) {
		for (JsonNode property : metadata.get("properties")) {
			this.properties.put(property.get("name").asString(), property);
		}
	}

	/**
	 * Whether there is such a property, or one that takes a map with such keys.
	 */
	boolean contains(String key) {
		String name = key.replaceFirst("\\[.*", "");
		if (this.properties.containsKey(name)) {
			return true;
		}
		return this.properties.entrySet()
			.stream()
			.anyMatch((entry) -> name.startsWith(entry.getKey() + ".")
					&& entry.getValue().path("type").asString("").startsWith("java.util.Map"));
	}

	/**
	 * Whether there are properties that begin with the given name.
	 */
	boolean containsBelow(String name) {
		return this.properties.keySet().stream().anyMatch((key) -> key.startsWith(name + "."));
	}

	/**
	 * The properties with the given beginning and their defaults, empty if they have
	 * none.
	 */
	Map<String, String> defaults(String start) {
		Map<String, String> defaults = new TreeMap<>();
		this.properties.forEach((key, property) -> {
			if (key.startsWith(start)) {
				defaults.put(key, property.path("defaultValue").asString(""));
			}
		});
		return defaults;
	}

}
