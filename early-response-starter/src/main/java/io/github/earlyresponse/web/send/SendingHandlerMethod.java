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

package io.github.earlyresponse.web.send;

import java.lang.annotation.Annotation;
import java.lang.reflect.Type;

import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.StringUtils;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.method.HandlerMethod;

/**
 * A handler as if it returned what it sends: a {@code @ResponseBody} or a response
 * entity.
 */
final class SendingHandlerMethod extends HandlerMethod {

	private final @Nullable Object value;

	private final ResolvableType type;

	SendingHandlerMethod(HandlerMethod handler, SentBody body) {
		super(handler);
		this.value = body.value();
		this.type = (this.value instanceof ResponseEntity)
				? ResolvableType.forClassWithGenerics(ResponseEntity.class, body.type()) : body.type();
	}

	/**
	 * Whether there is something to write, by the rules of Spring MVC for results.
	 */
	boolean hasBody() {
		return (this.value != null) ? !StringUtils.hasText(getResponseStatusReason()) : getResponseStatus() == null;
	}

	MethodParameter sentType() {
		return new SentMethodParameter();
	}

	private final class SentMethodParameter extends AnnotatedMethodParameter {

		private SentMethodParameter() {
			super(-1);
		}

		private SentMethodParameter(SentMethodParameter original) {
			super(original);
		}

		@Override
		public Class<?> getParameterType() {
			Object value = SendingHandlerMethod.this.value;
			return (value != null) ? value.getClass() : SendingHandlerMethod.this.type.toClass();
		}

		@Override
		public Type getGenericParameterType() {
			return SendingHandlerMethod.this.type.getType();
		}

		@Override
		public <T extends Annotation> boolean hasMethodAnnotation(Class<T> annotationType) {
			return annotationType == ResponseBody.class || super.hasMethodAnnotation(annotationType);
		}

		@Override
		public AnnotatedMethodParameter clone() {
			return new SentMethodParameter(this);
		}

	}

}
