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

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;

import org.jspecify.annotations.Nullable;

/**
 * Methods that are called through the proxy of their bean, a class of the same package
 * that extends that of the bean.
 */
public final class Proxied {

	private Proxied() {
	}

	/**
	 * Which modifier keeps a proxy from overriding a method.
	 * @param method the method
	 * @return {@code private}, {@code final} or {@code static}, {@code null} if it has
	 * none of these
	 */
	public static @Nullable String modifierOfOwn(Method method) {
		for (int modifier : new int[] { Modifier.PRIVATE, Modifier.FINAL, Modifier.STATIC }) {
			if ((method.getModifiers() & modifier) != 0) {
				return Modifier.toString(modifier);
			}
		}
		return null;
	}

	/**
	 * Whether a method is package-private and of another package than the proxy, which
	 * then does not override it but has it called on itself.
	 * @param method the method
	 * @param beanClass the class of the bean
	 * @return whether it is out of reach
	 */
	public static boolean isOutOfReach(Method method, Class<?> beanClass) {
		Class<?> declaring = method.getDeclaringClass();
		return (method.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED | Modifier.PRIVATE)) == 0
				&& (!declaring.getPackageName().equals(beanClass.getPackageName())
						|| declaring.getClassLoader() != beanClass.getClassLoader());
	}

}
