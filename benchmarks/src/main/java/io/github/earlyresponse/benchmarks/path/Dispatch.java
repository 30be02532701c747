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

package io.github.earlyresponse.benchmarks.path;

import java.io.IOException;
import java.util.function.Consumer;

import io.github.earlyresponse.AfterResponse;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.MethodParameter;
import org.springframework.util.Assert;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * What is inside of the filter: calls one handler as Spring MVC does, and writes a
 * response.
 */
final class Dispatch implements FilterChain {

	private static final byte[] BODY = { '4', '2' };

	private final HandlerMethod handler;

	private final Call call;

	private Dispatch(HandlerMethod handler, Call call) {
		this.handler = handler;
		this.call = call;
	}

	static Dispatch of(Way way, int postPhases, BeanFactory beanFactory) {
		PathController controller = beanFactory.getBean(PathController.class);
		return switch (way) {
			case EXECUTE -> new Dispatch(handler("/execute", beanFactory), () -> controller.execute(42, postPhases));
			case ASYNC -> new Dispatch(handler("/async", beanFactory), () -> controller.async(42, postPhases));
			case EARLY, EARLY_OBSERVED -> early(postPhases, controller, beanFactory);
		};
	}

	private static Dispatch early(int postPhases, PathController controller, BeanFactory beanFactory) {
		return switch (postPhases) {
			case 0 -> deciding(beanFactory, (after) -> {
			});
			case 1 -> new Dispatch(handler("/early-1", beanFactory), () -> controller.one(42));
			case 3 -> new Dispatch(handler("/early-3", beanFactory), () -> controller.three(42));
			default -> throw new IllegalArgumentException("No handler has " + postPhases + " post-phases");
		};
	}

	/**
	 * A handler that decides itself what to go on with.
	 */
	static Dispatch deciding(BeanFactory beanFactory, Consumer<AfterResponse> decision) {
		PathController controller = beanFactory.getBean(PathController.class);
		HandlerMethod handler = handler("/early-0", beanFactory);
		MethodParameter parameter = handler.getMethodParameters()[1];
		HandlerMethodArgumentResolver resolver = beanFactory.getBean(RequestMappingHandlerAdapter.class)
			.getArgumentResolvers()
			.stream()
			.filter((candidate) -> candidate.supportsParameter(parameter))
			.findFirst()
			.orElseThrow();
		return new Dispatch(handler, () -> controller.decide(42,
				(AfterResponse) resolver.resolveArgument(parameter, null, null, null), decision));
	}

	/**
	 * A handler that inserts a row in a transaction.
	 */
	static Dispatch inserting(boolean durable, BeanFactory beanFactory) {
		DurableController controller = beanFactory.getBean(DurableController.class);
		return (durable) ? new Dispatch(handler("/durable", beanFactory), () -> controller.durable(42, Order.create()))
				: new Dispatch(handler("/plain", beanFactory), () -> controller.plain(42, Order.create()));
	}

	private static HandlerMethod handler(String path, BeanFactory beanFactory) {
		return beanFactory.getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
			.getHandlerMethods()
			.entrySet()
			.stream()
			.filter((mapping) -> mapping.getKey().getPatternValues().contains(path))
			.findFirst()
			.orElseThrow()
			.getValue();
	}

	@Override
	public void doFilter(ServletRequest request, ServletResponse response) throws IOException, ServletException {
		request.setAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE, this.handler);
		RequestContextHolder.setRequestAttributes(new ServletRequestAttributes((HttpServletRequest) request));
		try {
			Assert.state(this.call.call() == 42, "The handler has another answer");
		}
		catch (IOException | ServletException | RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new ServletException(ex);
		}
		finally {
			RequestContextHolder.resetRequestAttributes();
		}
		response.getOutputStream().write(BODY);
	}

	private interface Call {

		Integer call() throws Exception;

	}

}
