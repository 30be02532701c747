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

import io.github.earlyresponse.imperative.SentBodyWriter;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.handler.MappedInterceptor;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;

/**
 * Lets Spring MVC write what handlers send in mid-method.
 */
@Configuration(proxyBeanMethods = false)
class SentBodyConfiguration {

	/**
	 * The adapter of Spring MVC, beside which there may be others.
	 */
	private static final String ADAPTER = "requestMappingHandlerAdapter";

	@Bean
	SentBodyWriter earlyResponseSentBodyWriter(BeanFactory beanFactory) {
		return new SentBodyWriter(() -> beanFactory.getBean(ADAPTER, RequestMappingHandlerAdapter.class));
	}

	/**
	 * Inside the interceptors of the application, which find the response written.
	 */
	@Bean
	WebMvcConfigurer earlyResponseSentBodyConfigurer(SentBodyWriter sentBodyWriter) {
		return new WebMvcConfigurer() {

			@Override
			public void addInterceptors(InterceptorRegistry registry) {
				registry.addInterceptor(sentBodyWriter).order(Ordered.LOWEST_PRECEDENCE);
			}

		};
	}

	/**
	 * For handlers of mappings that the application makes itself.
	 */
	@Bean
	MappedInterceptor earlyResponseSentBodyInterceptor(SentBodyWriter sentBodyWriter) {
		return new MappedInterceptor(null, sentBodyWriter);
	}

}
