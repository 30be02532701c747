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
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.ContinueOn;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.call.InvalidPostPhaseException;
import io.github.earlyresponse.call.KotlinRemedy;
import io.github.earlyresponse.call.PostPhaseMethod;
import io.github.earlyresponse.call.PostPhaseRegistry;
import io.github.earlyresponse.call.Proxied;
import io.github.earlyresponse.engine.PostPhaseEngine;
import io.github.earlyresponse.engine.ReservationRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.HttpStatus;
import org.springframework.scheduling.annotation.Async;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;
import org.springframework.validation.Errors;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.method.HandlerMethod;

/**
 * Makes the plan of a handler, or says why there can be none.
 */
class HandlerPlanFactory {

	private final PostPhaseRegistry registry;

	private final PostPhaseEngine engine;

	private final AfterResponseInjection afterResponseInjection;

	private final RemainderFactory remainderFactory;

	private final ConditionFactory conditionFactory;

	private final IdempotentHandlers idempotentHandlers;

	HandlerPlanFactory(ConfigurableListableBeanFactory beanFactory, PostPhaseRegistry registry, PostPhaseEngine engine,
			IdempotentHandlers idempotentHandlers) {
		this.afterResponseInjection = new AfterResponseInjection(beanFactory);
		this.registry = registry;
		this.engine = engine;
		this.remainderFactory = new RemainderFactory(registry);
		this.conditionFactory = new ConditionFactory(beanFactory);
		this.idempotentHandlers = idempotentHandlers;
	}

	HandlerPlan create(HandlerMethod handlerMethod) {
		RespondThenContinue annotation = handlerMethod.getMethodAnnotation(RespondThenContinue.class);
		Assert.state(annotation != null, "The handler has lost its annotation");
		HandlerSignature handler = HandlerSignature.of(handlerMethod);
		checkMethod(handler, handlerMethod.getBeanType());
		List<String> names = List.of(annotation.then());
		String handlerName = ClassUtils.getShortName(handlerMethod.getBeanType()) + "." + handler.method().getName();
		Remainder remainder = this.remainderFactory.create(handlerMethod, handler, handlerName);
		boolean undetermined = names.isEmpty() && remainder == null;
		boolean afterResponse = handler.takes(AfterResponse.class)
				|| this.afterResponseInjection.isUsedBy(handlerMethod.getBeanType())
				|| (undetermined && this.afterResponseInjection.isUsed());
		if (undetermined && !afterResponse) {
			throw invalid(handler,
					"names no post-phase and has no AfterResponse or EarlyResponse parameter, and no bean takes an "
							+ "AfterResponse",
					"Name a post-phase, as in @RespondThenContinue(\"pack-export\"), take one of these, or inject an "
							+ "AfterResponse into the controller.");
		}
		Condition condition = this.conditionFactory.create(handler, annotation.condition());
		if (condition != null && names.isEmpty() && !afterResponse) {
			throw invalid(handler,
					"has a condition but nothing that depends on it: what follows EarlyResponse.send always runs",
					"Remove the condition and use an if after send, or name the post-phases that depend on it.");
		}
		List<ArgumentBinding> bindings = bindings(handler, names, annotation.on());
		ReservationRequest reservation = new ReservationRequest(withRemainder(names, remainder),
				(afterResponse) ? 1 : 0, handlerName, null, durable(bindings));
		int capacity = this.engine.capacity();
		if (reservation.total() > capacity) {
			throw invalid(handler,
					"needs room for " + reservation.total() + " post-phases, more than the capacity of " + capacity,
					"Raise early-response.executor.max-concurrency or early-response.executor.queue-capacity.");
		}
		boolean snapshot = afterResponse || remainder != null || asksForRequest(bindings);
		Set<Integer> uploads = handler.uploads();
		return new HandlerPlan(reservation, bindings, remainder, annotation.on(), annotation.onClientAbort(), snapshot,
				List.of(handler.method().getParameterTypes()), uploads, keptUploads(uploads, remainder, bindings),
				handler.positions(Errors.class), condition, status(handlerMethod),
				this.idempotentHandlers.check(handlerMethod, annotation));
	}

	private static @Nullable HttpStatus status(HandlerMethod handlerMethod) {
		ResponseStatus annotation = handlerMethod.getMethodAnnotation(ResponseStatus.class);
		if (annotation == null) {
			annotation = AnnotatedElementUtils.findMergedAnnotation(handlerMethod.getBeanType(), ResponseStatus.class);
		}
		return (annotation != null) ? annotation.code() : null;
	}

	private static Set<String> durable(List<ArgumentBinding> bindings) {
		Set<String> durable = new HashSet<>();
		for (ArgumentBinding binding : bindings) {
			if (binding.postPhase().isDurable()) {
				durable.add(binding.postPhase().name());
			}
		}
		return Set.copyOf(durable);
	}

	private static boolean asksForRequest(List<ArgumentBinding> bindings) {
		for (ArgumentBinding binding : bindings) {
			if (binding.postPhase().asksForRequest()) {
				return true;
			}
		}
		return false;
	}

	private static List<Integer> keptUploads(Set<Integer> uploads, @Nullable Remainder remainder,
			List<ArgumentBinding> bindings) {
		List<Integer> kept = new ArrayList<>();
		for (int upload : uploads) {
			if (remainder != null || isTaken(upload, bindings)) {
				kept.add(upload);
			}
		}
		return List.copyOf(kept);
	}

	private static boolean isTaken(int upload, List<ArgumentBinding> bindings) {
		for (ArgumentBinding binding : bindings) {
			if (binding.takes(upload)) {
				return true;
			}
		}
		return false;
	}

	private static List<String> withRemainder(List<String> names, @Nullable Remainder remainder) {
		if (remainder == null) {
			return names;
		}
		List<String> all = new ArrayList<>(names);
		all.add(remainder.name());
		return all;
	}

	private void checkMethod(HandlerSignature handler, Class<?> beanType) {
		Method method = handler.method();
		String modifier = Proxied.modifierOfOwn(method);
		if (modifier != null) {
			throw invalid(handler, "is " + modifier, "Remove that modifier: a proxy has to override the method."
					+ KotlinRemedy.open(method.getDeclaringClass()));
		}
		if (Proxied.isOutOfReach(method, beanType)) {
			throw invalid(handler,
					"is package-private in another package than " + beanType.getName() + ", which inherits it",
					"Make it protected or public: a proxy has to override the method.");
		}
		if (AnnotatedElementUtils.hasAnnotation(method, Async.class)
				|| AnnotatedElementUtils.hasAnnotation(beanType, Async.class)) {
			throw invalid(handler, "is @Async",
					"Remove @Async: what has to run later is the post-phase, the handler is what answers now.");
		}
	}

	private List<ArgumentBinding> bindings(HandlerSignature handler, List<String> names, ContinueOn on) {
		List<ArgumentBinding> bindings = new ArrayList<>();
		Set<String> seen = new HashSet<>();
		for (String name : names) {
			if (!seen.add(name)) {
				throw invalid(handler, "names the post-phase '" + name + "' twice", "Name it once.");
			}
			PostPhaseMethod postPhase = this.registry.find(name);
			if (postPhase == null) {
				throw invalid(handler, "names the post-phase '" + name + "', which does not exist",
						this.registry.remedy(name));
			}
			ArgumentBinding binding = ArgumentBinding.of(handler, postPhase);
			String primitive = binding.primitiveResult();
			if (on != ContinueOn.SUCCESS && primitive != null) {
				throw invalid(handler,
						"continues on " + on + " with post-phase '" + name + "', whose parameter " + primitive
								+ " takes the result, but a failure has none",
						"Use the wrapper type, which can be null.");
			}
			bindings.add(binding);
		}
		return bindings;
	}

	private static InvalidPostPhaseException invalid(HandlerSignature handler, String reason, String action) {
		return new InvalidPostPhaseException("@RespondThenContinue handler " + handler + " " + reason + ".", action);
	}

}
