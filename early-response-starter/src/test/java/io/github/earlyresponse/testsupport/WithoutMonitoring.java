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

package io.github.earlyresponse.testsupport;

import java.util.regex.Pattern;

import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * Applications of the tests have monitoring only if they need it, which saves time.
 * Spring Boot finds this class by itself.
 */
public final class WithoutMonitoring implements AutoConfigurationImportFilter, EnvironmentAware {

	/**
	 * The key of the property that switches it off.
	 */
	static final String PROPERTY = "test.monitoring";

	private static final Pattern MONITORING = Pattern
		.compile("org\\.springframework\\.boot\\.(.+\\.)?(actuate|health|metrics|opentelemetry|tracing)\\..+");

	private Environment environment;

	@Override
	public void setEnvironment(Environment environment) {
		this.environment = environment;
	}

	@Override
	public boolean[] match(String[] classes, AutoConfigurationMetadata metadata) {
		boolean monitoring = this.environment.getProperty(PROPERTY, boolean.class, true);
		boolean[] matches = new boolean[classes.length];
		for (int i = 0; i < classes.length; i++) {
			matches[i] = monitoring || classes[i] == null || !MONITORING.matcher(classes[i]).matches();
		}
		return matches;
	}

}
