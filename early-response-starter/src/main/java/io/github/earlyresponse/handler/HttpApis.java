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
import java.lang.reflect.Proxy;
import java.util.List;

import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.call.BeanMethod;
import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.stereotype.Controller;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.service.annotation.HttpExchange;

/**
 * What annotations say about methods that no mapping of Spring MVC has.
 */
final class HttpApis {

	/**
	 * Others who call methods with arguments of their choice, found by name, as those of
	 * messages, GraphQL and the actuator may be missing. Listeners of brokers are message
	 * mappings.
	 */
	private static final List<String> OTHER_CALLERS = List.of(
			"org.springframework.web.bind.annotation.ExceptionHandler",
			"org.springframework.web.bind.annotation.ModelAttribute",
			"org.springframework.web.bind.annotation.InitBinder",
			"org.springframework.messaging.handler.annotation.MessageMapping",
			"org.springframework.messaging.handler.annotation.MessageExceptionHandler",
			"org.springframework.messaging.simp.annotation.SubscribeMapping",
			"org.springframework.graphql.data.method.annotation.SchemaMapping",
			"org.springframework.graphql.data.method.annotation.BatchMapping",
			"org.springframework.graphql.data.method.annotation.GraphQlExceptionHandler",
			"org.springframework.boot.actuate.endpoint.annotation.ReadOperation",
			"org.springframework.boot.actuate.endpoint.annotation.WriteOperation",
			"org.springframework.boot.actuate.endpoint.annotation.DeleteOperation",
			"org.springframework.context.event.EventListener", "org.springframework.scheduling.annotation.Scheduled");

	private HttpApis() {
	}

	/**
	 * Whether the annotation is that of an interface which describes a service for
	 * handlers and clients alike, and the bean is no controller but a client.
	 */
	static boolean isImplementedAsClient(BeanMethod method) {
		boolean inherited = method.method().getDeclaringClass().isInterface()
				|| Proxy.isProxyClass(method.method().getDeclaringClass())
				|| !AnnotatedElementUtils.isAnnotated(method.method(), RespondThenContinue.class);
		return inherited && !isController(method.beanClass()) && isHttp(method.method());
	}

	/**
	 * Whether a method of a controller is not there in the proxy of its bean.
	 */
	static boolean isHiddenByProxy(BeanMethod method) {
		return method.beanType() != null && Proxy.isProxyClass(method.beanType()) && isController(method.beanClass())
				&& isHttp(method.method());
	}

	static boolean isRequestMapping(Method method) {
		return AnnotatedElementUtils.hasAnnotation(method, RequestMapping.class);
	}

	private static boolean isController(Class<?> type) {
		return AnnotatedElementUtils.hasAnnotation(type, Controller.class);
	}

	private static boolean isHttp(Method method) {
		return isRequestMapping(method) || AnnotatedElementUtils.hasAnnotation(method, HttpExchange.class);
	}

	/**
	 * The annotation by which somebody else than a handler adapter calls a method.
	 * @return its simple name, {@code null} if there is none
	 */
	static @Nullable String annotationThatIsNoHandler(Method method) {
		MergedAnnotations annotations = MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY);
		return OTHER_CALLERS.stream()
			.filter(annotations::isPresent)
			.map(ClassUtils::getShortName)
			.findFirst()
			.orElse(null);
	}

}
