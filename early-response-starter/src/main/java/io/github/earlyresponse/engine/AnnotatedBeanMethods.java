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

package io.github.earlyresponse.engine;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodIntrospector.MetadataLookup;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ClassUtils;

/**
 * Finds the annotated methods of all beans without creating a bean.
 */
public final class AnnotatedBeanMethods {

	private AnnotatedBeanMethods() {
	}

	/**
	 * Passes on each annotated method of each bean.
	 * @param beanFactory where the beans are
	 * @param annotation the annotation, which may be on an interface or meta-present
	 * @param callback who takes the methods
	 */
	public static void forEach(ConfigurableListableBeanFactory beanFactory, Class<? extends Annotation> annotation,
			Callback callback) {
		for (String beanName : beanFactory.getBeanNamesForType(Object.class, true, false)) {
			Class<?> type = (!ScopedProxyUtils.isScopedTarget(beanName)) ? userClass(beanFactory, beanName) : null;
			if (type == null || !AnnotationUtils.isCandidateClass(type, annotation)
					|| type.getName().startsWith("org.springframework.")) {
				continue;
			}
			MetadataLookup<Boolean> annotated = (method) -> AnnotatedElementUtils.hasAnnotation(method, annotation)
					? Boolean.TRUE : null;
			Map<Method, Boolean> methods = MethodIntrospector.selectMethods(type, annotated);
			methods.keySet().forEach((method) -> callback.accept(beanName, type, method));
		}
	}

	private static @Nullable Class<?> userClass(ConfigurableListableBeanFactory beanFactory, String beanName) {
		Class<?> type = AutoProxyUtils.determineTargetClass(beanFactory, beanName);
		if (type != null && ScopedObject.class.isAssignableFrom(type)) {
			type = AutoProxyUtils.determineTargetClass(beanFactory, ScopedProxyUtils.getTargetBeanName(beanName));
		}
		return (type != null) ? ClassUtils.getUserClass(type) : null;
	}

	/**
	 * Takes an annotated method.
	 */
	@FunctionalInterface
	public interface Callback {

		/**
		 * Takes an annotated method.
		 * @param beanName the name of the bean
		 * @param beanClass the class of the bean behind its proxies
		 * @param method the method of that class
		 */
		void accept(String beanName, Class<?> beanClass, Method method);

	}

}
