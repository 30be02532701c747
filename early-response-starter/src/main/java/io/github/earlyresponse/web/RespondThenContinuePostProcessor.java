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
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.DefaultBeanFactoryPointcutAdvisor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.support.MergedBeanDefinitionPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;

/**
 * Puts two interceptors around annotated handlers: one outside and one inside all other
 * advice, that of transactions in particular.
 * <p>
 * Where an advice ends up depends on the order in which post-processors are registered.
 * This one is a {@link MergedBeanDefinitionPostProcessor}, although it has no interest in
 * bean definitions, because those are called after all others.
 */
@SuppressWarnings("serial")
public final class RespondThenContinuePostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor
		implements MergedBeanDefinitionPostProcessor {

	private final DefaultBeanFactoryPointcutAdvisor outside = new DefaultBeanFactoryPointcutAdvisor();

	private final Advisor inside;

	/**
	 * Creates the post-processor.
	 * @param outsideBeanName the name of the interceptor outside all other advice, which
	 * is created when it is first needed
	 * @param insideInterceptor the interceptor inside all other advice
	 */
	public RespondThenContinuePostProcessor(String outsideBeanName, MethodInterceptor insideInterceptor) {
		Pointcut pointcut = new AnnotationMatchingPointcut(null, RespondThenContinue.class, true);
		this.outside.setPointcut(pointcut);
		this.outside.setAdviceBeanName(outsideBeanName);
		this.inside = new DefaultPointcutAdvisor(pointcut, insideInterceptor);
		this.advisor = this.outside;
		setBeforeExistingAdvisors(true);
		setProxyTargetClass(true);
	}

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		super.setBeanFactory(beanFactory);
		this.outside.setBeanFactory(beanFactory);
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		Object processed = super.postProcessAfterInitialization(bean, beanName);
		if (processed == bean && bean instanceof Advised advised && isOutermost(this.outside, advised)) {
			advised.addAdvisor(this.inside);
		}
		return processed;
	}

	@Override
	protected void customizeProxyFactory(ProxyFactory proxyFactory) {
		proxyFactory.addAdvisor(this.inside);
	}

	private static boolean isOutermost(Advisor advisor, Advised advised) {
		return advised.getAdvisorCount() > 0 && advised.getAdvisors()[0] == advisor;
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
