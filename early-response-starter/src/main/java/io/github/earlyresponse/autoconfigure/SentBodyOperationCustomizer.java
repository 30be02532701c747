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

package io.github.earlyresponse.autoconfigure;

import java.lang.annotation.Annotation;
import java.util.Arrays;

import com.fasterxml.jackson.annotation.JsonView;
import io.github.earlyresponse.EarlyResponse;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.responses.ApiResponse;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.GlobalOperationComponentsCustomizer;
import org.springdoc.core.service.GenericResponseService;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.method.HandlerMethod;

/**
 * Adds to the operation of a handler that sends its response in mid-method, and therefore
 * returns {@code void}, what it sends.
 */
class SentBodyOperationCustomizer implements GlobalOperationComponentsCustomizer {

	private final ObjectProvider<GenericResponseService> responseService;

	SentBodyOperationCustomizer(ObjectProvider<GenericResponseService> responseService) {
		this.responseService = responseService;
	}

	@Override
	public Operation customize(Operation operation, HandlerMethod handlerMethod) {
		return operation;
	}

	@Override
	public Operation customize(Operation operation, Components components, HandlerMethod handlerMethod) {
		ResolvableType type = sentType(handlerMethod);
		GenericResponseService service = this.responseService.getIfAvailable();
		if (type == null || service == null || operation.getResponses() == null) {
			return operation;
		}
		String status = service.evaluateResponseStatus(handlerMethod.getMethod(), handlerMethod.getBeanType(), false);
		ApiResponse response = operation.getResponses().get(status);
		// What the handler is annotated with goes first
		if (response != null && response.getContent() == null && response.get$ref() == null) {
			response.setContent(service.buildContent(components, new Annotation[0], produces(handlerMethod),
					handlerMethod.getMethodAnnotation(JsonView.class), type.getType()));
		}
		return operation;
	}

	private static @Nullable ResolvableType sentType(HandlerMethod handlerMethod) {
		for (MethodParameter parameter : handlerMethod.getMethodParameters()) {
			if (parameter.getParameterType() == EarlyResponse.class) {
				ResolvableType type = ResolvableType.forMethodParameter(parameter).getGeneric();
				return (type.resolve() != null) ? type : null;
			}
		}
		return null;
	}

	private static String[] produces(HandlerMethod handlerMethod) {
		for (var element : Arrays.asList(handlerMethod.getMethod(), handlerMethod.getBeanType())) {
			RequestMapping mapping = AnnotatedElementUtils.findMergedAnnotation(element, RequestMapping.class);
			if (mapping != null && mapping.produces().length > 0) {
				return mapping.produces();
			}
		}
		return new String[] { MediaType.ALL_VALUE };
	}

}
