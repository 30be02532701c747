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

import java.lang.reflect.Modifier;

import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.call.AnnotatedMethods;
import org.aopalliance.intercept.MethodInterceptor;

import org.springframework.aop.Advisor;
import org.springframework.aop.Pointcut;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.DefaultBeanFactoryPointcutAdvisor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.support.MergedBeanDefinitionPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;

/**
 * Puts an interceptor around annotated handlers, either outside or inside all other
 * advice, that of transactions in particular.
 * <p>
 * Where an advice ends up depends on the order in which post-processors are registered.
 * This one is a {@link MergedBeanDefinitionPostProcessor}, although it has no interest in
 * bean definitions, because those are called after all others.
 */
@SuppressWarnings("serial")
public final class RespondThenContinuePostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor
		implements MergedBeanDefinitionPostProcessor {

	private static final Pointcut pointcut = new AnnotationMatchingPointcut(null, RespondThenContinue.class, true);

	private RespondThenContinuePostProcessor(Advisor advisor, boolean outermost) {
		this.advisor = advisor;
		setBeforeExistingAdvisors(outermost);
		setProxyTargetClass(true);
	}

	/**
	 * Puts an interceptor outside all other advice.
	 * @param interceptorBeanName the name of the interceptor, which is created when it is
	 * first needed
	 * @return the post-processor
	 */
	public static RespondThenContinuePostProcessor outside(String interceptorBeanName) {
		DefaultBeanFactoryPointcutAdvisor advisor = new DefaultBeanFactoryPointcutAdvisor();
		advisor.setPointcut(pointcut);
		advisor.setAdviceBeanName(interceptorBeanName);
		return new RespondThenContinuePostProcessor(advisor, true);
	}

	/**
	 * Puts an interceptor inside all other advice.
	 * @param interceptor the interceptor
	 * @return the post-processor
	 */
	public static RespondThenContinuePostProcessor inside(MethodInterceptor interceptor) {
		return new RespondThenContinuePostProcessor(new DefaultPointcutAdvisor(pointcut, interceptor), false);
	}

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		super.setBeanFactory(beanFactory);
		if (this.advisor instanceof BeanFactoryAware aware) {
			aware.setBeanFactory(beanFactory);
		}
	}

	@Override
	public void postProcessMergedBeanDefinition(RootBeanDefinition beanDefinition, Class<?> beanType, String beanName) {
	}

	/**
	 * A final class can have a proxy of its interfaces but none of its own. That is
	 * refused where such a class has a handler.
	 */
	@Override
	protected boolean isEligible(Object bean, String beanName) {
		return !Modifier.isFinal(bean.getClass().getModifiers()) && isEligible(bean.getClass());
	}

	@Override
	protected boolean isEligible(Class<?> targetClass) {
		return AnnotatedMethods.mayHave(targetClass, RespondThenContinue.class) && super.isEligible(targetClass);
	}

	@Override
	public Class<?> determineBeanType(Class<?> beanClass, String beanName) {
		return Modifier.isFinal(beanClass.getModifiers()) ? beanClass : super.determineBeanType(beanClass, beanName);
	}

}
