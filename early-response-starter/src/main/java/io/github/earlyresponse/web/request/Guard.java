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

package io.github.earlyresponse.web.request;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

import org.jspecify.annotations.Nullable;

import org.springframework.util.ReflectionUtils;

/**
 * Behind an object of the request: passes calls on to the object until the request has
 * ended, or to what was kept of it.
 */
final class Guard implements InvocationHandler {

	private final Class<?> type;

	private volatile Object target;

	private volatile boolean kept;

	Guard(Class<?> type, Object target) {
		this.type = type;
		this.target = target;
	}

	Object proxy() {
		return Proxy.newProxyInstance(Guard.class.getClassLoader(), new Class<?>[] { this.type }, this);
	}

	static @Nullable Guard behind(Object object) {
		return (Proxy.isProxyClass(object.getClass()) && Proxy.getInvocationHandler(object) instanceof Guard guard)
				? guard : null;
	}

	Object target() {
		return this.target;
	}

	boolean isKept() {
		return this.kept;
	}

	void keep(Object copy) {
		this.target = copy;
		this.kept = true;
	}

	void end() {
		if (!this.kept) {
			this.target = EndedRequest.of(this.type);
		}
	}

	@Override
	public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
			throws Throwable {
		if (ReflectionUtils.isEqualsMethod(method) && arguments != null) {
			return proxy == arguments[0];
		}
		if (ReflectionUtils.isHashCodeMethod(method)) {
			return System.identityHashCode(proxy);
		}
		return EndedRequest.invoke(this.target, method, arguments);
	}

}
