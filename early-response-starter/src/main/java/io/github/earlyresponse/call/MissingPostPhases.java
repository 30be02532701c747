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

package io.github.earlyresponse.call;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.util.StringUtils;

/**
 * Post-phases that are named but whose beans are not there: replaced by a
 * {@link PostPhaseStandIn} if there is one.
 */
class MissingPostPhases {

	private static final Log logger = LogFactory.getLog(MissingPostPhases.class);

	private final ConfigurableListableBeanFactory beanFactory;

	private final Map<String, PostPhaseMethod> replaced = new ConcurrentHashMap<>();

	MissingPostPhases(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * What runs instead of a post-phase.
	 * @param name the name of the post-phase
	 * @return the method, {@code null} if nothing does
	 */
	@Nullable PostPhaseMethod replace(String name) {
		return (StringUtils.hasText(name)) ? this.replaced.computeIfAbsent(name, this::standIn) : null;
	}

	private @Nullable PostPhaseMethod standIn(String name) {
		String[] beanNames = this.beanFactory.getBeanNamesForType(PostPhaseStandIn.class, false, false);
		if (beanNames.length == 0) {
			return null;
		}
		logger.info("Post-phase '" + name + "' is not part of this context: bean '" + beanNames[0] + "' runs instead");
		return PostPhaseMethod.standIn(name, this.beanFactory, beanNames[0]);
	}

	/**
	 * What to do about a missing post-phase beside adding it.
	 * @return a sentence that begins with a space, empty if there is nothing else
	 */
	String remedy() {
		// Test slices say so by this property, which is not meant for applications
		String autoConfiguration = this.beanFactory
			.resolveEmbeddedValue("${" + EnableAutoConfiguration.ENABLED_OVERRIDE_PROPERTY + ":true}");
		return (!"false".equals(autoConfiguration)) ? ""
				: " This is a test slice, to which beans such as @Component and @Service do not belong: add the one with "
						+ "the post-phase to the test, as by @Import, or let early-response-test on the class path "
						+ "replace it, unless early-response.test.replace-missing is false.";
	}

}
