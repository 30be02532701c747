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

import java.util.LinkedHashSet;
import java.util.Set;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;

/**
 * Names the keys below {@code early-response} that nobody knows, once for an application
 * and its child contexts.
 */
class KeyCheck implements BeanFactoryPostProcessor {

	static final String BEAN = "earlyResponseKeyCheck";

	private static final Log logger = LogFactory.getLog(KeyCheck.class);

	private final Environment environment;

	private final Set<String> said = new LinkedHashSet<>();

	KeyCheck(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		if (!(this.environment instanceof ConfigurableEnvironment configurable)) {
			return;
		}
		this.said.addAll(said(beanFactory.getParentBeanFactory()));
		UnknownKeys unknown = new UnknownKeys(beanFactory.getBeanClassLoader());
		try {
			for (PropertySource<?> source : configurable.getPropertySources()) {
				if (source instanceof EnumerablePropertySource<?> enumerable) {
					unknown.add(enumerable);
				}
			}
		}
		finally {
			unknown.describe().filter(this.said::add).forEach(logger::warn);
		}
	}

	/**
	 * What was said of the properties of the parent, which are those of its children too.
	 */
	private static Set<String> said(@Nullable BeanFactory parent) {
		return (parent != null && parent.containsBean(BEAN)) ? parent.getBean(BEAN, KeyCheck.class).said : Set.of();
	}

}
