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

import java.util.concurrent.Executor;

import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.engine.PostPhaseStore;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;

/**
 * Auto-configuration of {@link PostPhases}.
 */
@AutoConfiguration
final class PostPhasesAutoConfiguration {

	static final String EXECUTOR_PROPERTY = "early-response.executor.bean";

	static final String INLINE_EXECUTOR = "inlinePostPhaseExecutor";

	@Bean
	PostPhaseRecorder postPhaseRecorder() {
		return new PostPhaseRecorder();
	}

	@Bean
	PostPhases postPhases(PostPhaseRecorder recorder, ObjectProvider<PostPhaseOperations> operations,
			ObjectProvider<PostPhaseStore> store) {
		return new PostPhases(recorder, operations.getIfAvailable(), store.getIfAvailable());
	}

	@Bean
	@ConditionalOnWebApplication(type = Type.SERVLET)
	EarlyResponseMockMvcConfigurer earlyResponseMockMvcConfigurer(ApplicationContext application) {
		return new EarlyResponseMockMvcConfigurer(application);
	}

	/**
	 * No candidate, neither for those who inject an executor nor for Spring Boot, which
	 * makes {@code applicationTaskExecutor} only where there is no other. Infrastructure,
	 * so that nobody warns of what is intended.
	 */
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	@Bean(name = INLINE_EXECUTOR, autowireCandidate = false)
	@ConditionalOnProperty(name = EXECUTOR_PROPERTY, havingValue = INLINE_EXECUTOR)
	Executor inlinePostPhaseExecutor() {
		return Runnable::run;
	}

}
