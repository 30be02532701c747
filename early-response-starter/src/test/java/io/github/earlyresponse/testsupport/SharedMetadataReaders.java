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

package io.github.earlyresponse.testsupport;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigUtils;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.type.classreading.CachingMetadataReaderFactory;
import org.springframework.core.type.classreading.MetadataReaderFactory;

/**
 * Reads the class file of each configuration class once for all applications of the
 * tests, not once for each of them. A {@link SpringApplication} finds this class by
 * itself.
 */
public final class SharedMetadataReaders implements ApplicationContextInitializer<ConfigurableApplicationContext> {

	private static final ClassLoader classLoader = SharedMetadataReaders.class.getClassLoader();

	private static final MetadataReaderFactory readers = new CachingMetadataReaderFactory(
			new DefaultResourceLoader(classLoader));

	// Where Spring Boot looks for one before it makes its own
	private static final String BEAN = "org.springframework.boot.autoconfigure.internalCachingMetadataReaderFactory";

	@Override
	public void initialize(ConfigurableApplicationContext context) {
		// Another class loader, such as a FilteredClassLoader, may not see the same
		if (context instanceof GenericApplicationContext generic && context.getClassLoader() == classLoader) {
			generic.registerBean(BEAN, MetadataReaderFactory.class, () -> readers);
			generic.getBeanDefinition(AnnotationConfigUtils.CONFIGURATION_ANNOTATION_PROCESSOR_BEAN_NAME)
				.getPropertyValues()
				.add("metadataReaderFactory", readers);
		}
	}

}
