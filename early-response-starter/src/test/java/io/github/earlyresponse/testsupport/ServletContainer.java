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

import java.util.Locale;

import org.springframework.boot.jetty.autoconfigure.servlet.JettyServletWebServerAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;

/**
 * The servlet containers that tests run on.
 */
public enum ServletContainer {

	TOMCAT(JettyServletWebServerAutoConfiguration.class),

	JETTY(TomcatServletWebServerAutoConfiguration.class);

	private final Class<?> other;

	ServletContainer(Class<?> other) {
		this.other = other;
	}

	/**
	 * The one of the system property {@code test.container}, or else Tomcat.
	 */
	public static ServletContainer current() {
		return valueOf(System.getProperty("test.container", "tomcat").toUpperCase(Locale.ROOT));
	}

	/**
	 * What configures the other one, which has to be left out, since both are on the
	 * class path.
	 */
	public Class<?> other() {
		return this.other;
	}

}
