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

import java.util.Arrays;

import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.engine.InvalidPostPhaseException;
import io.github.earlyresponse.engine.PostPhaseRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.StringUtils;

/**
 * Checks a handler that sends its response in mid-method and makes a post-phase of its
 * rest.
 */
class RestFactory {

	private final PostPhaseRegistry registry;

	RestFactory(PostPhaseRegistry registry) {
		this.registry = registry;
	}

	/**
	 * The rest of a handler.
	 * @param handler the handler
	 * @param defaultName the name for a post-phase without one
	 * @return the rest, {@code null} if the handler returns its response
	 */
	@Nullable Rest create(HandlerSignature handler, String defaultName) {
		checkAnnotations(handler);
		MethodParameter parameter = handler.earlyResponse();
		if (parameter == null) {
			return null;
		}
		check(handler);
		PostPhase annotation = annotation(handler, parameter.getParameterIndex());
		if (annotation == null) {
			return new Rest(defaultName, null);
		}
		String name = (StringUtils.hasText(annotation.name())) ? annotation.name() : defaultName;
		if (this.registry.find(name) != null) {
			throw invalid(handler, "names its rest '" + name + "', which is the name of " + this.registry.find(name),
					"Give it a name of its own.");
		}
		return new Rest(name, this.registry.timeout(annotation,
				"@PostPhase parameter " + parameter.getParameterIndex() + " of " + handler));
	}

	private static void check(HandlerSignature handler) {
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

	private static void checkAnnotations(HandlerSignature handler) {
		Class<?>[] types = handler.method().getParameterTypes();
		for (int i = 0; i < types.length; i++) {
			if (types[i] != EarlyResponse.class && annotation(handler, i) != null) {
				throw invalid(handler, "has @PostPhase on a parameter of the type " + types[i].getSimpleName(),
						"Put it on an EarlyResponse, or remove it.");
			}
		}
	}

	private static @Nullable PostPhase annotation(HandlerSignature handler, int parameter) {
		return AnnotatedElementUtils.findMergedAnnotation(handler.method().getParameters()[parameter], PostPhase.class);
	}

	private static InvalidPostPhaseException invalid(HandlerSignature handler, String reason, String action) {
		return new InvalidPostPhaseException("@RespondThenContinue handler " + handler + " " + reason + ".", action);
	}

}
