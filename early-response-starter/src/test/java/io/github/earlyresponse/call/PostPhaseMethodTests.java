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

package io.github.earlyresponse.call;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.RequestSnapshot;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for the call of a {@link PostPhaseMethod}.
 */
class PostPhaseMethodTests {

	private final DefaultListableBeanFactory beanFactory = new DefaultListableBeanFactory();

	private final PostPhaseContext context = mock();

	private final List<String> intercepted = new ArrayList<>();

	private PostPhaseMethod method(String name) {
		PostPhaseMethod method = new PostPhaseRegistry(this.beanFactory, AnnotatedBeanMethods.of(this.beanFactory),
				RetrySettings.NONE, null)
			.find(name);
		assertThat(method).isNotNull();
		return method;
	}

	private void call(String name, Throwable failure, Object... arguments) throws Throwable {
		new PostPhaseWork.Call(method(name), arguments).run(this.context, failure);
	}

	@Test
	void fillsInWhatIsProvided() throws Throwable {
		RequestSnapshot request = new RequestSnapshot("GET", "/", null, Map.of(), Map.of(), null, null);
		given(this.context.request()).willReturn(request);
		Works works = new Works();
		this.beanFactory.registerSingleton("works", works);
		IOException failure = new IOException("expected");
		call("all", failure, null, "text", null, null, null);
		assertThat(works.seen).containsExactly(this.context, "text", request, failure, null);
		call("all", null, null, "text", null, null, null);
		assertThat(works.seen).containsExactly(this.context, "text", request, null, null);
		IllegalStateException special = new IllegalStateException("expected");
		call("all", special, null, "text", null, null, null);
		assertThat(works.seen).containsExactly(this.context, "text", request, special, special);
	}

	@Test
	void argumentsOfOneCallAreNotChanged() throws Throwable {
		this.beanFactory.registerSingleton("works", new Works());
		Object[] arguments = { null, "text", null, null, null };
		new PostPhaseWork.Call(method("all"), arguments).run(this.context, null);
		assertThat(arguments).containsExactly(null, "text", null, null, null);
	}

	@Test
	void throwsWhatTheMethodThrows() {
		this.beanFactory.registerSingleton("works", new Works());
		assertThatThrownBy(() -> call("checked", null)).isExactlyInstanceOf(IOException.class);
		assertThatThrownBy(() -> call("error", null)).isExactlyInstanceOf(StackOverflowError.class);
	}

	@Test
	void callsThroughClassBasedProxy() throws Throwable {
		registerProxy(true);
		call("work", null);
		assertThat(this.intercepted).containsExactly("work");
	}

	@Test
	void callsThroughInterfaceProxy() throws Throwable {
		registerProxy(false);
		call("work", null);
		assertThat(this.intercepted).containsExactly("work");
	}

	@Test
	void callsObjectOfAnotherClassThanTheOneBefore() throws Throwable {
		registerProxy(false);
		Object proxy = this.beanFactory.getBean("target");
		PostPhaseMethod method = method("work");
		this.beanFactory.removeBeanDefinition("target");
		for (Object bean : List.of(new Target(), proxy)) {
			this.beanFactory.destroySingleton("target");
			this.beanFactory.registerSingleton("target", bean);
			new PostPhaseWork.Call(method, new Object[0]).run(this.context, null);
		}
		assertThat(this.intercepted).containsExactly("work");
	}

	private void registerProxy(boolean proxyTargetClass) {
		ProxyFactory proxyFactory = new ProxyFactory(new Target());
		proxyFactory.setProxyTargetClass(proxyTargetClass);
		proxyFactory.addAdvice((MethodInterceptor) (invocation) -> {
			this.intercepted.add(invocation.getMethod().getName());
			return invocation.proceed();
		});
		RootBeanDefinition definition = new RootBeanDefinition(Object.class, proxyFactory::getProxy);
		definition.setAttribute(AutoProxyUtils.ORIGINAL_TARGET_CLASS_ATTRIBUTE, Target.class);
		this.beanFactory.registerBeanDefinition("target", definition);
		this.beanFactory.getBean("target");
	}

	@Test
	void asksForRequestWhereItCanGetAtIt() {
		this.beanFactory.registerSingleton("works", new Works());
		assertThat(method("all").asksForRequest()).isTrue();
		assertThat(method("withContext").asksForRequest()).isTrue();
		assertThat(method("withSnapshot").asksForRequest()).isTrue();
		assertThat(method("checked").asksForRequest()).isFalse();
	}

	interface Contract {

		void work();

	}

	static class Target implements Contract {

		@Override
		@PostPhase
		public void work() {
		}

	}

	static class Works {

		private final List<Object> seen = new ArrayList<>();

		@PostPhase
		void all(PostPhaseContext context, String text, RequestSnapshot request, Throwable failure,
				IllegalStateException special) {
			this.seen.clear();
			this.seen.add(context);
			this.seen.add(text);
			this.seen.add(request);
			this.seen.add(failure);
			this.seen.add(special);
		}

		@PostPhase
		void checked() throws IOException {
			throw new IOException("expected");
		}

		@PostPhase
		void error() {
			throw new StackOverflowError("expected");
		}

		@PostPhase
		void withContext(PostPhaseContext context) {
		}

		@PostPhase
		void withSnapshot(RequestSnapshot request) {
		}

	}

}
