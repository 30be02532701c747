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

import java.lang.reflect.Method;
import java.time.Duration;

import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.util.ReflectionUtils;

/**
 * Makes post-phases of methods without an application.
 */
public final class PostPhaseMethods {

	private PostPhaseMethods() {
	}

	/**
	 * The method of the given name as a post-phase of that name.
	 */
	public static PostPhaseMethod of(Object bean, String methodName) {
		for (Method method : ReflectionUtils.getAllDeclaredMethods(bean.getClass())) {
			if (method.getName().equals(methodName) && !method.isBridge()) {
				return of(bean, null, method);
			}
		}
		throw new IllegalArgumentException("No method " + methodName);
	}

	public static PostPhaseMethod of(Object bean, Duration timeout, Method method) {
		StaticListableBeanFactory beanFactory = new StaticListableBeanFactory();
		beanFactory.addBean("bean", bean);
		return new PostPhaseMethod(method.getName(), timeout, Retrying.DEFAULT, Durability.NONE, beanFactory, "bean",
				bean.getClass(), method);
	}

}
