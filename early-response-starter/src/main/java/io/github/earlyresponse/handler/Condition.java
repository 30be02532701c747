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

import io.github.earlyresponse.RespondThenContinue;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.expression.BeanFactoryResolver;
import org.springframework.context.expression.MethodBasedEvaluationContext;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.expression.Expression;
import org.springframework.expression.spel.support.StandardEvaluationContext;

/**
 * Whether the post-phases of a handler run after a response that they would follow.
 *
 * @see RespondThenContinue#condition()
 */
public final class Condition {

	/**
	 * The variable that is what the handler answers with.
	 */
	static final String RESULT = "result";

	private static final ParameterNameDiscoverer parameterNames = new DefaultParameterNameDiscoverer();

	private final Method handler;

	private final Expression expression;

	/** What all evaluations have in common, which caches how properties are read. */
	private final StandardEvaluationContext shared = new StandardEvaluationContext();

	Condition(Method handler, Expression expression, BeanFactory beanFactory) {
		this.handler = handler;
		this.expression = expression;
		this.shared.setBeanResolver(new BeanFactoryResolver(beanFactory));
	}

	/**
	 * Evaluates the condition for one call of the handler.
	 * @param arguments the handler's arguments
	 * @param result the early result
	 * @return whether it is true, and not false or {@code null}
	 * @throws IllegalStateException if it cannot be evaluated
	 */
	public boolean isMet(@Nullable Object[] arguments, @Nullable Object result) {
		MethodBasedEvaluationContext context = new MethodBasedEvaluationContext(arguments, this.handler, arguments,
				parameterNames);
		this.shared.applyDelegatesTo(context);
		context.setVariable(RESULT, result);
		try {
			return Boolean.TRUE.equals(this.expression.getValue(context, Boolean.class));
		}
		catch (Exception ex) {
			throw new IllegalStateException(
					"The condition '" + this.expression.getExpressionString() + "' of @RespondThenContinue handler "
							+ HandlerSignature.describe(this.handler) + " could not be evaluated",
					ex);
		}
	}

}
