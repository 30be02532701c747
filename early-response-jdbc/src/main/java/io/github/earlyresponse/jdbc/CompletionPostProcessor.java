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

package io.github.earlyresponse.jdbc;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.call.AnnotatedMethods;

import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.DefaultBeanFactoryPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.support.MergedBeanDefinitionPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;

/**
 * Puts the {@link CompletionInterceptor} inside all other advice of post-phase methods. A
 * bean without any has no transaction and needs none.
 * <p>
 * This is a {@link MergedBeanDefinitionPostProcessor}, although it has no interest in
 * bean definitions, because those are called after all others.
 */
@SuppressWarnings("serial")
final class CompletionPostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor
		implements MergedBeanDefinitionPostProcessor {

	private final DefaultBeanFactoryPointcutAdvisor beanFactoryAdvisor = new DefaultBeanFactoryPointcutAdvisor();

	CompletionPostProcessor(String interceptorBeanName) {
		this.beanFactoryAdvisor.setAdviceBeanName(interceptorBeanName);
		this.beanFactoryAdvisor.setPointcut(new AnnotationMatchingPointcut(null, PostPhase.class, true));
		this.advisor = this.beanFactoryAdvisor;
	}

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		super.setBeanFactory(beanFactory);
		this.beanFactoryAdvisor.setBeanFactory(beanFactory);
	}

	@Override
	public void postProcessMergedBeanDefinition(RootBeanDefinition beanDefinition, Class<?> beanType, String beanName) {
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		return (bean instanceof Advised) ? super.postProcessAfterInitialization(bean, beanName) : bean;
	}

	@Override
	protected boolean isEligible(Class<?> targetClass) {
		return AnnotatedMethods.mayHave(targetClass, PostPhase.class) && super.isEligible(targetClass);
	}

	@Override
	public Class<?> determineBeanType(Class<?> beanClass, String beanName) {
		return beanClass;
	}

}
