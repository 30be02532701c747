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

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.ClassUtils;

/**
 * A method of a bean.
 *
 * @param beanFactory where the bean is
 * @param beanName the name of the bean
 * @param beanType the class of the bean or of its proxy, as far as it is known
 * @param beanClass the class of the bean behind its proxies
 * @param method the method of that class
 */
public record BeanMethod(ConfigurableListableBeanFactory beanFactory, String beanName, @Nullable Class<?> beanType,
		Class<?> beanClass, Method method) {

	/**
	 * Names the method for people.
	 */
	@Override
	public String toString() {
		return ClassUtils.getQualifiedMethodName(this.method) + "()";
	}

}
