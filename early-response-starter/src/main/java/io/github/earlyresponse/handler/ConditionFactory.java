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

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.github.earlyresponse.call.InvalidPostPhaseException;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.expression.EvaluationException;
import org.springframework.expression.TypeLocator;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.BeanReference;
import org.springframework.expression.spel.ast.CompoundExpression;
import org.springframework.expression.spel.ast.ConstructorReference;
import org.springframework.expression.spel.ast.FunctionReference;
import org.springframework.expression.spel.ast.Indexer;
import org.springframework.expression.spel.ast.InlineMap;
import org.springframework.expression.spel.ast.MethodReference;
import org.springframework.expression.spel.ast.Projection;
import org.springframework.expression.spel.ast.PropertyOrFieldReference;
import org.springframework.expression.spel.ast.Selection;
import org.springframework.expression.spel.ast.TypeCode;
import org.springframework.expression.spel.ast.TypeReference;
import org.springframework.expression.spel.ast.VariableReference;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.expression.spel.support.StandardTypeLocator;
import org.springframework.util.StringUtils;

/**
 * Parses the condition of a handler and checks that what it refers to exists.
 */
class ConditionFactory {

	private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^:}]*)");

	private final SpelExpressionParser parser = new SpelExpressionParser();

	private final TypeLocator types = new StandardTypeLocator();

	private final BeanFactory beanFactory;

	ConditionFactory(BeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * The condition of a handler.
	 * @param handler the handler
	 * @param expression what its annotation says
	 * @return the condition, {@code null} if there is none
	 * @throws InvalidPostPhaseException if it cannot be evaluated for any request
	 */
	@Nullable Condition create(HandlerSignature handler, String expression) {
		if (!StringUtils.hasText(expression)) {
			return null;
		}
		checkPlaceholders(handler, expression);
		SpelExpression parsed = parse(handler, expression);
		new Check(handler, expression, variables(handler)).check(parsed.getAST(), true, true);
		return new Condition(handler.method(), parsed, this.beanFactory);
	}

	/**
	 * Within quotes, a placeholder would be a text that equals nothing.
	 */
	private static void checkPlaceholders(HandlerSignature handler, String expression) {
		Matcher placeholder = PLACEHOLDER.matcher(expression);
		if (placeholder.find()) {
			throw invalid(handler, expression, "has a placeholder, which is not resolved",
					"Ask the environment, as in @environment.getProperty('" + placeholder.group(1) + "').");
		}
	}

	private SpelExpression parse(HandlerSignature handler, String expression) {
		try {
			return this.parser.parseRaw(expression);
		}
		catch (RuntimeException ex) {
			// Not only a ParseException: the parser fails in other ways as well
			throw invalid(handler, expression, "is no expression of SpEL: " + ex.getMessage(),
					"Write it as that of an @EventListener, as in \"#form.newsletter and #result != null\".");
		}
	}

	private static Set<String> variables(HandlerSignature handler) {
		Set<String> variables = new LinkedHashSet<>(handler.argumentNames());
		if (handler.hasResult()) {
			variables.add(Condition.RESULT);
		}
		for (int i = 0; i < handler.argumentCount(); i++) {
			variables.add("a" + i);
			variables.add("p" + i);
		}
		return variables;
	}

	private static InvalidPostPhaseException invalid(HandlerSignature handler, String expression, String reason,
			String action) {
		return new InvalidPostPhaseException("@RespondThenContinue handler " + handler + " has the condition '"
				+ expression + "', which " + reason + ((reason.endsWith(".")) ? "" : "."), action);
	}

	/**
	 * Goes through an expression. Its root is nothing that could be asked for a property.
	 */
	private final class Check {

		private final HandlerSignature handler;

		private final String expression;

		private final Set<String> variables;

		private Check(HandlerSignature handler, String expression, Set<String> variables) {
			this.handler = handler;
			this.expression = expression;
			this.variables = variables;
		}

		/**
		 * Checks a part of the expression.
		 * @param first whether nothing precedes it whose property or method it is
		 * @param outside whether it is evaluated for the root, and not for an element
		 */
		private void check(SpelNode node, boolean first, boolean outside) {
			if (node instanceof VariableReference) {
				checkVariable(node.toStringAST().substring(1), outside);
			}
			else if (node instanceof BeanReference) {
				checkBean(node.toStringAST());
			}
			else if (node instanceof TypeReference) {
				// Such as T(String[])
				checkType(node.toStringAST().substring(2, node.toStringAST().length() - 1));
			}
			else if (node instanceof ConstructorReference) {
				checkType(node.getChild(0).toStringAST());
			}
			else if (node instanceof FunctionReference) {
				throw invalid("calls the unknown function " + node.toStringAST(),
						"Call a method of an argument, of the result or of a bean.");
			}
			else if (first && outside
					&& (node instanceof PropertyOrFieldReference || node instanceof MethodReference)) {
				throw invalid("asks for '" + node.toStringAST() + "' of nothing",
						"Variables begin with #, beans with @. There are " + describeVariables() + ".");
			}
			checkChildren(node, outside);
		}

		private void checkChildren(SpelNode node, boolean outside) {
			boolean map = node instanceof InlineMap;
			boolean compound = node instanceof CompoundExpression;
			// Elements and keys have properties of their own
			boolean inside = node instanceof Projection || node instanceof Selection || node instanceof Indexer;
			for (int i = 0; i < node.getChildCount(); i++) {
				boolean key = map && i % 2 == 0;
				check(node.getChild(i), !key && !(compound && i > 0), outside && !inside);
			}
		}

		private void checkVariable(String name, boolean outside) {
			if (!this.variables.contains(name) && (outside || !"this".equals(name))) {
				throw invalid("names the unknown variable '#" + name + "'",
						"Use " + describeVariables() + ". (Names need the compiler option -parameters.)");
			}
			if (name.equals(Condition.RESULT) && this.handler.hasResult()
					&& this.handler.argumentNames().contains(name)) {
				throw invalid("names the variable '#result', which is what the handler answers with and an argument",
						"Give the argument another name, or name it by its position, as in #a0.");
			}
		}

		private void checkBean(String reference) {
			String name = reference.replace("'", "").replace("\"", "");
			name = name.startsWith("@") ? name.substring(1) : name;
			if (!ConditionFactory.this.beanFactory.containsBean(name)) {
				throw invalid("names the bean '" + name + "', which does not exist", "Use the name of a bean.");
			}
		}

		private void checkType(String name) {
			String element = name.replace("[]", "");
			try {
				if (TypeCode.forName(element) == TypeCode.OBJECT) {
					ConditionFactory.this.types.findType(element);
				}
			}
			catch (EvaluationException ex) {
				throw invalid("names the unknown type '" + name + "'",
						"Use the qualified name of a class, with a $ before the name of a nested one.");
			}
		}

		private String describeVariables() {
			if (this.variables.isEmpty()) {
				return "no variables, because the handler has neither arguments nor a result";
			}
			return this.variables.stream().map((name) -> "#" + name).collect(Collectors.joining(", "));
		}

		private InvalidPostPhaseException invalid(String reason, String action) {
			return ConditionFactory.invalid(this.handler, this.expression, reason, action);
		}

	}

}
