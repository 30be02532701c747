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

import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.engine.AnnotatedBeanMethods;
import io.github.earlyresponse.engine.BeanMethod;
import io.github.earlyresponse.engine.InvalidPostPhaseException;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextRefreshedEvent;

/**
 * Refuses handlers in a child context that the starter is not part of, as that of a
 * second dispatcher: bean post-processors are not inherited, so that the handlers would
 * silently be plain ones.
 */
public final class ChildContextChecks implements ApplicationListener<ContextRefreshedEvent> {

	@Override
	public void onApplicationEvent(ContextRefreshedEvent event) {
		if (event.getApplicationContext() instanceof ConfigurableApplicationContext child
				&& !HandlerChecks.isChecked(child.getBeanFactory())) {
			check(child);
		}
	}

	private static void check(ConfigurableApplicationContext child) {
		AnnotatedBeanMethods beanMethods = AnnotatedBeanMethods.of(child.getBeanFactory());
		for (BeanMethod method : beanMethods.annotatedWith(RespondThenContinue.class)) {
			if (!HttpApis.isImplementedAsClient(method)) {
				throw invalid(child, "@RespondThenContinue is on " + method);
			}
		}
		for (BeanMethod method : beanMethods.takingResponse()) {
			throw invalid(child, method + " takes an AfterResponse or EarlyResponse");
		}
	}

	private static InvalidPostPhaseException invalid(ApplicationContext child, String what) {
		return new InvalidPostPhaseException(
				what + " in the application context '" + child.getDisplayName()
						+ "', a child of the application's, where handlers do not continue.",
				"Add @ImportAutoConfiguration(EarlyResponseAutoConfiguration.class) to the configuration of that context, or "
						+ "move the handler to the application's own.");
	}

}
