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

package io.github.earlyresponse.test;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import io.github.earlyresponse.PostPhaseRejectedException;
import io.github.earlyresponse.handler.HandlerChecks;
import io.github.earlyresponse.web.CompletingFilter;
import io.github.earlyresponse.web.ExceptionRecorder;
import io.github.earlyresponse.web.SpringMvcPostProcessor;
import io.github.earlyresponse.web.send.SentBodyWriter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ApplicationContext;
import org.springframework.core.ResolvableType;
import org.springframework.test.web.servlet.request.RequestPostProcessor;
import org.springframework.test.web.servlet.setup.ConfigurableMockMvcBuilder;
import org.springframework.test.web.servlet.setup.MockMvcConfigurer;
import org.springframework.test.web.servlet.setup.StandaloneMockMvcBuilder;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.handler.HandlerExceptionResolverComposite;
import org.springframework.web.servlet.mvc.method.annotation.ExceptionHandlerExceptionResolver;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Makes handlers continue with a MockMvc that the test builds itself, as in
 * {@code MockMvcBuilders.standaloneSetup(controller).apply(configurer).build()} or with
 * {@code webAppContextSetup(context)}. Without it, they fail, because such a MockMvc does
 * not have the application's filters. To be injected into the test.
 * <p>
 * Apply it before you add filters, because its own filter must come first. The
 * controllers of a standalone setup have to be beans, such as those that are injected
 * into the test.
 *
 * @see AutoConfigurePostPhases
 */
public final class EarlyResponseMockMvcConfigurer implements MockMvcConfigurer {

	private static final String MAPPING = "requestMappingHandlerMapping";

	private static final String ADAPTER = "requestMappingHandlerAdapter";

	private static final String EXCEPTION_RESOLVER = "handlerExceptionResolver";

	private final ApplicationContext application;

	EarlyResponseMockMvcConfigurer(ApplicationContext application) {
		this.application = application;
	}

	@Override
	public void afterConfigurerAdded(ConfigurableMockMvcBuilder<?> builder) {
		ResolvableType filter = ResolvableType.forClassWithGenerics(FilterRegistrationBean.class,
				CompletingFilter.class);
		this.application.<FilterRegistrationBean<CompletingFilter>>getBeanProvider(filter)
			.ifAvailable((registration) -> builder.addFilters(Objects.requireNonNull(registration.getFilter())));
		if (builder instanceof StandaloneMockMvcBuilder standalone) {
			standalone.addInterceptors(new SentBodyWriter());
		}
	}

	@Override
	public @Nullable RequestPostProcessor beforeMockMvcCreated(ConfigurableMockMvcBuilder<?> builder,
			WebApplicationContext context) {
		if (builder instanceof StandaloneMockMvcBuilder) {
			checkHandlers(context.getBean(MAPPING, RequestMappingHandlerMapping.class));
			RequestMappingHandlerAdapter adapter = context.getBean(ADAPTER, RequestMappingHandlerAdapter.class);
			this.application.getBeanProvider(SpringMvcPostProcessor.class)
				.ifAvailable((postProcessor) -> postProcessor.postProcessAfterInitialization(adapter, ADAPTER));
			HandlerExceptionResolverComposite resolvers = context.getBean(EXCEPTION_RESOLVER,
					HandlerExceptionResolverComposite.class);
			resolvers
				.setExceptionResolvers(concat(exceptionResolvers(adapter).stream(), resolvers.getExceptionResolvers()));
		}
		return null;
	}

	/**
	 * As at the start of the application, which has seen its own handlers only.
	 */
	private void checkHandlers(RequestMappingHandlerMapping mapping) {
		this.application.getBeanProvider(HandlerChecks.class)
			.ifAvailable((checks) -> mapping.getHandlerMethods()
				.values()
				.stream()
				.map(HandlerMethod::createWithResolvedBean)
				.forEach(checks::check));
	}

	private List<HandlerExceptionResolver> exceptionResolvers(RequestMappingHandlerAdapter adapter) {
		List<HandlerExceptionResolver> resolvers = new ArrayList<>();
		this.application.getBeanProvider(ExceptionRecorder.class).ifAvailable(resolvers::add);
		ExceptionHandlerExceptionResolver rejections = new RejectionResolver();
		rejections.setApplicationContext(this.application);
		rejections.setMessageConverters(adapter.getMessageConverters());
		rejections.afterPropertiesSet();
		resolvers.add(rejections);
		return resolvers;
	}

	private static <T> List<T> concat(Stream<? extends T> first, @Nullable List<? extends T> then) {
		return Stream.<T>concat(first, Objects.requireNonNullElse(then, List.<T>of()).stream()).toList();
	}

	/**
	 * Answers rejected requests with the advices of the application, after the exception
	 * handlers of the controller.
	 */
	private static final class RejectionResolver extends ExceptionHandlerExceptionResolver {

		@Override
		protected @Nullable ModelAndView doResolveHandlerMethodException(HttpServletRequest request,
				HttpServletResponse response, @Nullable HandlerMethod handlerMethod, Exception exception) {
			return (exception instanceof PostPhaseRejectedException)
					? super.doResolveHandlerMethodException(request, response, handlerMethod, exception) : null;
		}

	}

}
