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

import java.util.List;

import io.github.earlyresponse.testsupport.SharedMetadataReaders;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableWebApplicationContext;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.ArgumentResolver;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Small web applications that start without a server.
 */
final class WebContexts {

	private static final SortedAutoConfigurations SPRING_MVC = SortedAutoConfigurations.of(
			PropertyPlaceholderAutoConfiguration.class, AopAutoConfiguration.class,
			TaskExecutionAutoConfiguration.class, TaskSchedulingAutoConfiguration.class,
			HttpMessageConvertersAutoConfiguration.class, DispatcherServletAutoConfiguration.class,
			WebMvcAutoConfiguration.class);

	private static final SortedAutoConfigurations STARTER = SortedAutoConfigurations.of(ours());

	private WebContexts() {
	}

	static WebApplicationContextRunner withoutStarter() {
		return new WebApplicationContextRunner().withInitializer(new SharedMetadataReaders())
			.withConfiguration(SPRING_MVC);
	}

	static WebApplicationContextRunner withStarter() {
		return withoutStarter().withConfiguration(STARTER);
	}

	/**
	 * The same with {@code spring.main.lazy-initialization=true}, which only a
	 * {@code SpringApplication} reads.
	 */
	static WebApplicationContextRunner lazy(WebApplicationContextRunner runner) {
		return runner.withInitializer(
				(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()));
	}

	/**
	 * All that an application gets.
	 */
	private static Class<?>[] ours() {
		return ImportCandidates.load(AutoConfiguration.class, WebContexts.class.getClassLoader())
			.getCandidates()
			.stream()
			.filter((name) -> name.startsWith(WebContexts.class.getPackageName()))
			.map((name) -> ClassUtils.resolveClassName(name, WebContexts.class.getClassLoader()))
			.toArray(Class<?>[]::new);
	}

	/**
	 * The starter as an application finds it, whose class path need not have what its
	 * annotations are about.
	 */
	static WebApplicationContextRunner withImportedStarter() {
		return withoutStarter().withUserConfiguration(ImportedStarter.class);
	}

	/**
	 * What the application says when it fails to start, found by all analyzers that are
	 * registered.
	 */
	static FailureAnalysis analyze(AssertableWebApplicationContext context, String... properties) {
		assertThat(context).hasFailed();
		StandardEnvironment environment = new StandardEnvironment();
		TestPropertyValues.of(properties).applyTo(environment);
		ArgumentResolver arguments = ArgumentResolver.of(BeanFactory.class, new StaticListableBeanFactory())
			.and(Environment.class, environment);
		List<FailureAnalyzer> analyzers = SpringFactoriesLoader.forDefaultResourceLocation()
			.load(FailureAnalyzer.class, arguments, (type, name, failure) -> {
			});
		for (FailureAnalyzer analyzer : analyzers) {
			FailureAnalysis analysis = analyzer.analyze(context.getStartupFailure());
			if (analysis != null) {
				return analysis;
			}
		}
		throw new AssertionError("Nobody explains the failure", context.getStartupFailure());
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ EarlyResponseAutoConfiguration.class, EarlyResponseEndpointAutoConfiguration.class,
			EarlyResponseHealthAutoConfiguration.class, EarlyResponseMetricsAutoConfiguration.class,
			EarlyResponseObservationAutoConfiguration.class, EarlyResponseSpringDocAutoConfiguration.class,
			EarlyResponseStatusAutoConfiguration.class, EarlyResponseTracingAutoConfiguration.class })
	static class ImportedStarter {

	}

}
