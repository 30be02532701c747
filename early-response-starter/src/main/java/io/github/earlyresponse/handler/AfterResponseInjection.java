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

package io.github.earlyresponse.handler;

import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.github.earlyresponse.AfterResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.function.SingletonSupplier;

/**
 * Which beans take the {@link AfterResponse} bean. Their declarations tell, so that beans
 * need not exist yet: a constructor, field, setter, {@link Autowired @Autowired} method
 * or {@code @Bean} method with the type, or with a provider of it.
 */
class AfterResponseInjection {

	private final ConfigurableListableBeanFactory beanFactory;

	private final SingletonSupplier<Boolean> used = SingletonSupplier.of(this::findUse);

	/** A class may have many handlers. */
	private final Map<Class<?>, Boolean> usedBy = new ConcurrentHashMap<>();

	AfterResponseInjection(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Whether any bean takes it, on whose behalf a handler may call it.
	 */
	boolean isUsed() {
		return this.used.obtain();
	}

	private boolean findUse() {
		return Arrays.stream(this.beanFactory.getBeanDefinitionNames())
			.anyMatch((name) -> isUsedBy(AutoProxyUtils.determineTargetClass(this.beanFactory, name))
					|| isUsedByFactoryMethodOf(name));
	}

	private boolean isUsedByFactoryMethodOf(String name) {
		Method method = (this.beanFactory.getMergedBeanDefinition(name) instanceof RootBeanDefinition definition)
				? definition.getResolvedFactoryMethod() : null;
		return method != null && takesAfterResponse(method);
	}

	/**
	 * Whether the beans of a class take it.
	 */
	boolean isUsedBy(@Nullable Class<?> beanClass) {
		return beanClass != null && this.usedBy.computeIfAbsent(beanClass, AfterResponseInjection::findUseBy);
	}

	private static boolean findUseBy(Class<?> beanClass) {
		if (AfterResponse.class.isAssignableFrom(beanClass)) {
			return false;
		}
		for (Class<?> type = ClassUtils.getUserClass(beanClass); type != null
				&& type != Object.class; type = type.getSuperclass()) {
			if (declaresUse(type)) {
				return true;
			}
		}
		return false;
	}

	private static boolean declaresUse(Class<?> type) {
		for (Field field : type.getDeclaredFields()) {
			if (isAfterResponse(ResolvableType.forField(field))) {
				return true;
			}
		}
		for (Constructor<?> constructor : type.getDeclaredConstructors()) {
			if (takesAfterResponse(constructor)) {
				return true;
			}
		}
		for (Method method : type.getDeclaredMethods()) {
			if ((method.getName().startsWith("set") || isAutowired(method)) && takesAfterResponse(method)) {
				return true;
			}
		}
		return false;
	}

	private static boolean isAutowired(Method method) {
		return AnnotatedElementUtils.isAnnotated(method, Autowired.class)
				|| AnnotatedElementUtils.isAnnotated(method, "jakarta.inject.Inject");
	}

	private static boolean takesAfterResponse(Executable executable) {
		for (Type type : executable.getGenericParameterTypes()) {
			if (isAfterResponse(ResolvableType.forType(type))) {
				return true;
			}
		}
		return false;
	}

	private static boolean isAfterResponse(ResolvableType type) {
		if (type.toClass() == AfterResponse.class) {
			return true;
		}
		for (ResolvableType generic : type.getGenerics()) {
			if (generic.toClass() == AfterResponse.class) {
				return true;
			}
		}
		return false;
	}

}
