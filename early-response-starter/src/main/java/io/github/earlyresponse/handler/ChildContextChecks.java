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
import io.github.earlyresponse.call.AnnotatedBeanMethods;
import io.github.earlyresponse.call.BeanMethod;
import io.github.earlyresponse.call.InvalidPostPhaseException;
import jakarta.servlet.ServletContextAttributeEvent;
import jakarta.servlet.ServletContextAttributeListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.web.servlet.FrameworkServlet;

/**
 * Refuses handlers in a child context that the starter is not part of, as that of a
 * second dispatcher: bean post-processors are not inherited, so that the handlers would
 * silently be plain ones. Those in the context of a dispatcher that is no child, because
 * it was refreshed by hand, can only be told of: it is known when it runs already.
 */
public final class ChildContextChecks
		implements ApplicationListener<ContextRefreshedEvent>, ServletContextAttributeListener {

	private static final Log logger = LogFactory.getLog(ChildContextChecks.class);

	@Override
	public void onApplicationEvent(ContextRefreshedEvent event) {
		if (event.getApplicationContext() instanceof ConfigurableApplicationContext child
				&& !HandlerChecks.isChecked(child.getBeanFactory())) {
			check(child, "a child");
		}
	}

	@Override
	public void attributeAdded(ServletContextAttributeEvent event) {
		if (event.getName().startsWith(FrameworkServlet.SERVLET_CONTEXT_PREFIX)
				&& event.getValue() instanceof ConfigurableApplicationContext other && !isChecked(other)) {
			try {
				check(other, "no child");
			}
			catch (InvalidPostPhaseException ex) {
				logger.error(ex.getMessage());
			}
		}
	}

	/**
	 * Whether the starter is part of a context or one of its ancestors.
	 */
	private static boolean isChecked(ConfigurableApplicationContext context) {
		return HandlerChecks.isChecked(context.getBeanFactory())
				|| (context.getParent() instanceof ConfigurableApplicationContext parent && isChecked(parent));
	}

	private static void check(ConfigurableApplicationContext child, String relation) {
		AnnotatedBeanMethods beanMethods = AnnotatedBeanMethods.of(child.getBeanFactory());
		for (BeanMethod method : beanMethods.annotatedWith(RespondThenContinue.class)) {
			if (!HttpApis.isImplementedAsClient(method)) {
				throw invalid(child, relation, "@RespondThenContinue is on " + method);
			}
		}
		for (BeanMethod method : beanMethods.takingResponse()) {
			throw invalid(child, relation, method + " takes an AfterResponse or EarlyResponse");
		}
	}

	private static InvalidPostPhaseException invalid(ApplicationContext child, String relation, String what) {
		return new InvalidPostPhaseException(
				what + " in the application context '" + child.getDisplayName() + "', " + relation
						+ " of the application's, where handlers do not continue.",
				"Add @ImportAutoConfiguration(EarlyResponseAutoConfiguration.class) to the configuration of that context, or "
						+ "move the handler to the application's own.");
	}

}
