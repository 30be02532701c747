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

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.EarlyResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils.MethodFilter;
import org.springframework.util.function.SingletonSupplier;

/**
 * The annotated methods of all beans, found in one pass without creating a bean.
 */
public final class AnnotatedBeanMethods {

	private static final Log logger = LogFactory.getLog(AnnotatedBeanMethods.class);

	private final ConfigurableListableBeanFactory beanFactory;

	private final boolean ancestors;

	private final SingletonSupplier<List<Bean>> candidates = SingletonSupplier
		.of(() -> beans(AnnotatedBeanMethods::candidate));

	private AnnotatedBeanMethods(ConfigurableListableBeanFactory beanFactory, boolean ancestors) {
		this.beanFactory = beanFactory;
		this.ancestors = ancestors;
	}

	/**
	 * The methods of the beans of an application context and its ancestors.
	 * @param beanFactory the beans of the context
	 * @return the methods
	 */
	public static AnnotatedBeanMethods withAncestors(ConfigurableListableBeanFactory beanFactory) {
		return new AnnotatedBeanMethods(beanFactory, true);
	}

	/**
	 * The methods of the beans of an application context alone.
	 * @param beanFactory the beans of the context
	 * @return the methods
	 */
	public static AnnotatedBeanMethods of(ConfigurableListableBeanFactory beanFactory) {
		return new AnnotatedBeanMethods(beanFactory, false);
	}

	/**
	 * The methods with an annotation.
	 * @param annotation {@link io.github.earlyresponse.PostPhase} or
	 * {@link io.github.earlyresponse.RespondThenContinue}, which may be on an interface
	 * or meta-present
	 * @return the methods, the beans of the context itself first
	 */
	public List<BeanMethod> annotatedWith(Class<? extends Annotation> annotation) {
		return methods(this.candidates.obtain(), annotation);
	}

	/**
	 * The methods that take an {@link AfterResponse} or {@link EarlyResponse} and have an
	 * annotation, whatever it is.
	 * @return the methods
	 */
	public List<BeanMethod> takingResponse() {
		List<BeanMethod> methods = new ArrayList<>();
		for (Bean bean : this.candidates.obtain()) {
			if (AnnotatedMethods.mayTakeResponse(bean.beanClass())) {
				addMethods(bean, AnnotatedBeanMethods::takesResponse, methods);
			}
		}
		return methods;
	}

	/**
	 * The methods with an annotation of beans whose classes show only when they are
	 * there: those that are lazy, prototypes, of a scope of their own or made by a
	 * {@code FactoryBean}, and whose declared type is not their class. They are created
	 * for that.
	 * @param annotation the annotation
	 * @return the methods
	 */
	List<BeanMethod> annotatedWithInHidden(Class<? extends Annotation> annotation) {
		return methods(beans(AnnotatedBeanMethods::create), annotation);
	}

	private List<Bean> beans(BeanLookup lookup) {
		List<Bean> beans = new ArrayList<>();
		List<ConfigurableListableBeanFactory> descendants = new ArrayList<>();
		BeanFactory current = this.beanFactory;
		while (current instanceof ConfigurableListableBeanFactory factory) {
			Iterator<String> names = factory.getBeanNamesIterator();
			while (names.hasNext()) {
				String name = names.next();
				if (!ScopedProxyUtils.isScopedTarget(name) && !isAbstract(factory, name)
						&& !isOverridden(name, descendants)) {
					Bean bean = lookup.find(factory, name);
					if (bean != null) {
						beans.add(bean);
					}
				}
			}
			descendants.add(factory);
			current = (this.ancestors) ? factory.getParentBeanFactory() : null;
		}
		return beans;
	}

	private static boolean isOverridden(String name, List<ConfigurableListableBeanFactory> descendants) {
		for (ConfigurableListableBeanFactory descendant : descendants) {
			if (descendant.containsLocalBean(name)) {
				return true;
			}
		}
		return false;
	}

	private static boolean isAbstract(ConfigurableListableBeanFactory factory, String name) {
		return factory.containsBeanDefinition(name) && factory.getMergedBeanDefinition(name).isAbstract();
	}

	private static @Nullable Bean candidate(ConfigurableListableBeanFactory factory, String name) {
		try {
			Class<?> type = userClass(factory, name);
			return (type != null && AnnotatedMethods.mayHaveAny(type))
					? new Bean(factory, name, factory.getType(name), type) : null;
		}
		catch (BeansException | LinkageError ex) {
			// A lazy bean whose class cannot be loaded, which Spring leaves alone as well
			logger.debug("The class of bean '" + name + "' cannot be looked at", ex);
			return null;
		}
	}

	private static @Nullable Class<?> userClass(ConfigurableListableBeanFactory factory, String name) {
		Class<?> type = AutoProxyUtils.determineTargetClass(factory, name);
		if (type != null && ScopedObject.class.isAssignableFrom(type)) {
			type = AutoProxyUtils.determineTargetClass(factory, ScopedProxyUtils.getTargetBeanName(name));
		}
		return (type != null) ? ClassUtils.getUserClass(type) : null;
	}

	private static @Nullable Bean create(ConfigurableListableBeanFactory factory, String name) {
		if (!isHidden(factory, name)) {
			return null;
		}
		try {
			Object bean = factory.getBean(name);
			Object target = (bean instanceof ScopedObject scoped) ? scoped.getTargetObject() : bean;
			Class<?> type = ClassUtils.getUserClass(AopProxyUtils.ultimateTargetClass(target));
			return (AnnotatedMethods.mayHaveAny(type)) ? new Bean(factory, name, bean.getClass(), type) : null;
		}
		catch (BeansException ex) {
			logger.debug("Bean '" + name + "' cannot be looked at for post-phases", ex);
			return null;
		}
	}

	private static boolean isHidden(ConfigurableListableBeanFactory factory, String name) {
		boolean factoryBean = factory.isFactoryBean(name);
		if (!factory.containsBeanDefinition(name)) {
			return factoryBean;
		}
		BeanDefinition definition = factory.getMergedBeanDefinition(name);
		return (factoryBean || (!factory.containsSingleton(name) && isMadeByMethod(definition)))
				&& scopeOfRequest(factory, name) == null && definition.getRole() != BeanDefinition.ROLE_INFRASTRUCTURE;
	}

	/**
	 * The scope of a bean that is there during a request only.
	 * @return its name, {@code null} if the bean has another scope
	 */
	static @Nullable String scopeOfRequest(ConfigurableListableBeanFactory factory, String name) {
		String target = ScopedProxyUtils.getTargetBeanName(name);
		String definition = (factory.containsBeanDefinition(target)) ? target : name;
		String scope = factory.containsBeanDefinition(definition)
				? factory.getMergedBeanDefinition(definition).getScope() : null;
		return ("request".equals(scope) || "session".equals(scope)) ? scope : null;
	}

	private static boolean isMadeByMethod(BeanDefinition definition) {
		return definition.getFactoryMethodName() != null
				|| (definition instanceof AbstractBeanDefinition made && made.getInstanceSupplier() != null);
	}

	private static List<BeanMethod> methods(List<Bean> beans, Class<? extends Annotation> annotation) {
		List<BeanMethod> methods = new ArrayList<>();
		for (Bean bean : beans) {
			if (AnnotatedMethods.mayHave(bean.beanClass(), annotation)) {
				addMethods(bean, (method) -> AnnotatedElementUtils.hasAnnotation(method, annotation), methods);
			}
		}
		return methods;
	}

	private static void addMethods(Bean bean, MethodFilter filter, List<BeanMethod> methods) {
		for (Method method : MethodIntrospector.selectMethods(bean.beanClass(), filter)) {
			methods.add(new BeanMethod(bean.beanFactory(), bean.name(), bean.beanType(), bean.beanClass(), method));
		}
	}

	private static boolean takesResponse(Method method) {
		List<Class<?>> types = List.of(method.getParameterTypes());
		return types.contains(AfterResponse.class) || types.contains(EarlyResponse.class);
	}

	@FunctionalInterface
	private interface BeanLookup {

		@Nullable Bean find(ConfigurableListableBeanFactory factory, String name);

	}

	private record Bean(ConfigurableListableBeanFactory beanFactory, String name, @Nullable Class<?> beanType,
			Class<?> beanClass) {

	}

}
