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

package io.github.earlyresponse.run;

import java.util.concurrent.ThreadFactory;

import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * Creates virtual threads that inherit nothing from the request that starts them: what
 * goes along is for context carriers to say. They have the class loader of the thread
 * that created the factory, which is that of the application.
 * <p>
 * The API of virtual threads is called by reflection, because this library runs on Java
 * 17 as well.
 */
public final class VirtualThreadFactory implements ThreadFactory {

	private static final String BUILDER = "java.lang.Thread$Builder$OfVirtual";

	private final @Nullable ClassLoader classLoader = ClassUtils.getDefaultClassLoader();

	private final ThreadFactory factory;

	/**
	 * Creates a factory.
	 * @param threadNamePrefix how the names of the threads begin
	 * @throws IllegalStateException if this JVM has no virtual threads
	 */
	public VirtualThreadFactory(String threadNamePrefix) {
		try {
			Class<?> type = Class.forName(BUILDER);
			Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
			type.getMethod("name", String.class, long.class).invoke(builder, threadNamePrefix, 1L);
			type.getMethod("inheritInheritableThreadLocals", boolean.class).invoke(builder, false);
			this.factory = (ThreadFactory) type.getMethod("factory").invoke(builder);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException("This JVM has no virtual threads", ex);
		}
	}

	@Override
	public Thread newThread(Runnable task) {
		Thread thread = this.factory.newThread(task);
		thread.setContextClassLoader(this.classLoader);
		return thread;
	}

}
