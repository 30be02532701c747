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

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;

import io.github.earlyresponse.call.BeanMethod;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.handler.AbstractHandlerMapping;
import org.springframework.web.servlet.handler.AbstractHandlerMethodMapping;

/**
 * The handler methods that the mappings of an application context and its ancestors have.
 */
final class MappedHandlers {

	private final List<HandlerMethod> all = new ArrayList<>();

	private final MultiValueMap<Object, Method> byBean = new LinkedMultiValueMap<>();

	private boolean methodMapping;

	private boolean opaqueMapping;

	private MappedHandlers() {
	}

	static MappedHandlers of(ConfigurableListableBeanFactory beanFactory) {
		MappedHandlers handlers = new MappedHandlers();
		for (String name : BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beanFactory, HandlerMapping.class, true,
				false)) {
			Class<?> type = beanFactory.getType(name);
			if (type == null || !AbstractHandlerMapping.class.isAssignableFrom(type)
					|| AbstractHandlerMethodMapping.class.isAssignableFrom(type)) {
				handlers.addMapping(beanFactory.getBean(name));
			}
		}
		return handlers;
	}

	private void addMapping(Object mapping) {
		if (mapping instanceof AbstractHandlerMethodMapping<?> methods) {
			this.methodMapping = true;
			for (HandlerMethod handler : methods.getHandlerMethods().values()) {
				add(handler);
			}
		}
		else if (mapping instanceof Iterable<?> delegates) {
			// As that of Spring Data REST, whose delegates are no beans
			for (Object delegate : delegates) {
				addMapping(delegate);
			}
		}
		else if (mapping instanceof HandlerMapping && !(mapping instanceof AbstractHandlerMapping)) {
			this.opaqueMapping = true;
		}
	}

	private void add(HandlerMethod handler) {
		this.all.add(handler);
		Object bean = handler.getBean();
		Object key = (bean instanceof String) ? bean : AopUtils.getTargetClass(bean);
		this.byBean.add(key, handler.getMethod());
	}

	/**
	 * All handlers that are there.
	 */
	List<HandlerMethod> all() {
		return this.all;
	}

	/**
	 * Whether a method is a handler, which may be known by an interface of its bean.
	 */
	boolean contains(BeanMethod method) {
		return contains(method, method.beanName()) || contains(method, method.beanClass());
	}

	private boolean contains(BeanMethod method, Object key) {
		for (Method handler : this.byBean.getOrDefault(key, List.of())) {
			if (handler.equals(method.method()) || AopUtils.getMostSpecificMethod(handler, method.beanClass())
				.equals(AopUtils.getMostSpecificMethod(method.method(), method.beanClass()))) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Whether a method may be a handler of a mapping that cannot be looked into, or that
	 * a dispatcher makes itself where there is none.
	 */
	boolean mayContain(BeanMethod method) {
		return (this.opaqueMapping || !this.methodMapping) && HttpApis.isRequestMapping(method.method());
	}

}
