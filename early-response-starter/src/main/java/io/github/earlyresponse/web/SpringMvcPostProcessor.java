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

package io.github.earlyresponse.web;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import io.github.earlyresponse.call.PostPhaseRegistry;
import io.github.earlyresponse.web.send.EarlyResponseArgumentResolver;
import io.github.earlyresponse.web.send.SentBodyWriter;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.InstantiationAwareBeanPostProcessor;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.handler.AbstractHandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;

/**
 * Lets all adapters of Spring MVC pass on the parameters of this library, and all
 * mappings write what handlers send. Other than a {@code WebMvcConfigurer} it is not
 * asked whether the application wants configurers, which one that extends
 * {@code WebMvcConfigurationSupport} does not.
 */
public final class SpringMvcPostProcessor implements InstantiationAwareBeanPostProcessor {

	private final Function<RequestMappingHandlerAdapter, List<HandlerMethodArgumentResolver>> argumentResolvers;

	private final SentBodyWriter sentBodyWriter = new SentBodyWriter();

	private SpringMvcPostProcessor(
			Function<RequestMappingHandlerAdapter, List<HandlerMethodArgumentResolver>> argumentResolvers) {
		this.argumentResolvers = argumentResolvers;
	}

	/**
	 * For handlers that continue.
	 * @param registry the post-phases that can be called
	 * @return the post-processor
	 */
	public static SpringMvcPostProcessor enabled(ObjectProvider<PostPhaseRegistry> registry) {
		return new SpringMvcPostProcessor((adapter) -> List.of(new AfterResponseArgumentResolver(registry.getObject()),
				EarlyResponseArgumentResolver.enabled(adapter)));
	}

	/**
	 * For handlers that are plain ones, because nothing is continued.
	 * @return the post-processor
	 */
	public static SpringMvcPostProcessor disabled() {
		return new SpringMvcPostProcessor((adapter) -> List.of(new DisabledAfterResponseArgumentResolver(),
				EarlyResponseArgumentResolver.disabled(adapter)));
	}

	/**
	 * Inside the interceptors of the application, which find the response written.
	 */
	@Override
	public boolean postProcessAfterInstantiation(Object bean, String beanName) {
		if (bean instanceof AbstractHandlerMapping mapping) {
			mapping.setInterceptors(this.sentBodyWriter);
		}
		return true;
	}

	/**
	 * Before all other resolvers, some of which take whatever there is.
	 */
	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof RequestMappingHandlerAdapter adapter) {
			List<HandlerMethodArgumentResolver> resolvers = new ArrayList<>(this.argumentResolvers.apply(adapter));
			@Nullable List<HandlerMethodArgumentResolver> others = adapter.getArgumentResolvers();
			if (others != null) {
				resolvers.addAll(others);
			}
			adapter.setArgumentResolvers(resolvers);
		}
		return bean;
	}

}
