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

import io.github.earlyresponse.call.AnnotatedBeanMethods;
import io.github.earlyresponse.call.PostPhaseMethod;
import io.github.earlyresponse.call.PostPhaseRegistry;
import io.github.earlyresponse.call.RetrySettings;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;

/**
 * Finds post-phases without an application.
 */
final class PayloadMethods {

	private PayloadMethods() {
	}

	/**
	 * The post-phase of the given name of a bean.
	 */
	static PostPhaseMethod find(Object bean, String name) {
		DefaultListableBeanFactory beanFactory = new DefaultListableBeanFactory();
		beanFactory.registerSingleton("bean", bean);
		return new PostPhaseRegistry(beanFactory, AnnotatedBeanMethods.of(beanFactory), RetrySettings.NONE, null)
			.find(name);
	}

}
