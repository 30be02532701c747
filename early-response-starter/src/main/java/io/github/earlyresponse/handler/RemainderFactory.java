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

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Set;

import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.call.AnnotatedMethods;
import io.github.earlyresponse.call.InvalidPostPhaseException;
import io.github.earlyresponse.call.PostPhaseRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.core.KotlinDetector;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.web.method.HandlerMethod;

/**
 * Checks a handler that sends its response in mid-method and makes a post-phase of its
 * remainder.
 */
class RemainderFactory {

	private static final String TRANSACTIONAL = "org.springframework.transaction.annotation.Transactional";

	private static final Set<String> WITHOUT_TRANSACTION = Set.of("SUPPORTS", "NOT_SUPPORTED", "NEVER");

	private final PostPhaseRegistry registry;

	RemainderFactory(PostPhaseRegistry registry) {
		this.registry = registry;
	}

	/**
	 * The rest of a handler.
	 * @param handlerMethod the handler
	 * @param handler what it has to offer
	 * @param defaultName the name for a post-phase without one
	 * @return the rest, {@code null} if the handler returns its response
	 */
	@Nullable Remainder create(HandlerMethod handlerMethod, HandlerSignature handler, String defaultName) {
		if (mayHaveAnnotatedParameter(handler.method())) {
			checkAnnotations(handlerMethod, handler);
		}
		MethodParameter parameter = handler.earlyResponse();
		if (parameter == null) {
			return null;
		}
		check(handler);
		checkTransaction(handlerMethod, handler);
		PostPhase annotation = annotation(handlerMethod, parameter.getParameterIndex());
		if (annotation == null) {
			return new Remainder(defaultName, null);
		}
		String owner = "@PostPhase parameter " + parameter.getParameterIndex() + " of " + handler;
		PostPhaseRegistry.checkNotRetried(annotation, owner);
		PostPhaseRegistry.checkNotDurable(annotation, owner);
		String name = PostPhaseRegistry.name(annotation, defaultName, owner);
		if (this.registry.find(name) != null) {
			throw invalid(handler, "names its rest '" + name + "', which is the name of " + this.registry.find(name),
					"Give it a name of its own.");
		}
		return new Remainder(name, this.registry.timeout(annotation, owner));
	}

	private static void check(HandlerSignature handler) {
		if (KotlinDetector.isSuspendingFunction(handler.method())) {
			throw invalid(handler, "takes an EarlyResponse and is a suspending function",
					"Make it a plain function: it has a thread of its own, on which it may block. Or return the response, and "
							+ "continue with named post-phases.");
		}
		Class<?> returnType = handler.method().getReturnType();
		if (returnType != void.class) {
			throw invalid(handler, "takes an EarlyResponse and returns a " + returnType.getSimpleName(),
					"Return void: the response is what is sent.");
		}
		long count = Arrays.stream(handler.method().getParameterTypes()).filter(EarlyResponse.class::equals).count();
		if (count > 1) {
			throw invalid(handler, "takes " + count + " EarlyResponse parameters", "Take one: there is one response.");
		}
		Class<?> type = handler.result().toClass();
		if (EarlyResult.isWrapper(type)) {
			throw invalid(handler, "takes an EarlyResponse of a " + type.getSimpleName(),
					"Name the type of the body, as in EarlyResponse<Receipt>; a ResponseEntity of it can be sent too. "
							+ "What is asynchronous or a stream is returned, and continued with named post-phases.");
		}
	}

	private static void checkTransaction(HandlerMethod handlerMethod, HandlerSignature handler) {
		MergedAnnotation<?> transactional = MergedAnnotations
			.from(handlerMethod.getMethod(), SearchStrategy.TYPE_HIERARCHY)
			.get(TRANSACTIONAL);
		if (!transactional.isPresent()) {
			transactional = MergedAnnotations.from(handlerMethod.getBeanType(), SearchStrategy.TYPE_HIERARCHY)
				.get(TRANSACTIONAL);
		}
		String propagation = transactional.getValue("propagation").map(Object::toString).orElse("NEVER");
		if (!WITHOUT_TRANSACTION.contains(propagation)) {
			throw invalid(handler, "takes an EarlyResponse and is @Transactional",
					"Send when the transaction has ended: move what it contains to a @Transactional method of another bean.");
		}
	}

	/**
	 * Parameters have the annotations of super types as well. To ask each parameter for
	 * its annotations is more expensive than to ask the method.
	 */
	private static boolean mayHaveAnnotatedParameter(Method method) {
		Class<?> type = method.getDeclaringClass();
		if (type.getSuperclass() != Object.class || type.getInterfaces().length > 0) {
			return true;
		}
		for (Annotation[] annotations : method.getParameterAnnotations()) {
			if (hasPostPhase(annotations)) {
				return true;
			}
		}
		return false;
	}

	private static boolean hasPostPhase(Annotation[] annotations) {
		for (Annotation annotation : annotations) {
			if (AnnotatedMethods.isOrIsMetaAnnotatedWith(annotation.annotationType(), PostPhase.class)) {
				return true;
			}
		}
		return false;
	}

	private static void checkAnnotations(HandlerMethod handlerMethod, HandlerSignature handler) {
		Class<?>[] types = handler.method().getParameterTypes();
		for (int i = 0; i < types.length; i++) {
			if (types[i] != EarlyResponse.class && annotation(handlerMethod, i) != null) {
				throw invalid(handler, "has @PostPhase on a parameter of the type " + types[i].getSimpleName(),
						"Put it on an EarlyResponse, or remove it.");
			}
		}
	}

	/**
	 * The annotation of a parameter, which may be that of an interface.
	 */
	private static @Nullable PostPhase annotation(HandlerMethod handlerMethod, int parameter) {
		Annotation[] annotations = handlerMethod.getMethodParameters()[parameter].getParameterAnnotations();
		return (hasPostPhase(annotations)) ? AnnotatedElementUtils
			.findMergedAnnotation(AnnotatedElementUtils.forAnnotations(annotations), PostPhase.class) : null;
	}

	private static InvalidPostPhaseException invalid(HandlerSignature handler, String reason, String action) {
		return new InvalidPostPhaseException("@RespondThenContinue handler " + handler + " " + reason + ".", action);
	}

}
