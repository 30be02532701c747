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

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;

import kotlin.coroutines.EmptyCoroutineContext;
import kotlinx.coroutines.BuildersKt;
import org.jspecify.annotations.Nullable;

/**
 * Calls a suspending function of Kotlin and waits for its end. Its coroutine runs on the
 * current thread, so that it finds what is bound to that, and is cancelled when the
 * thread is interrupted.
 */
final class SuspendingFunction {

	private SuspendingFunction() {
	}

	static void invoke(Method method, Object bean, @Nullable Object[] arguments) throws InterruptedException {
		BuildersKt.runBlocking(EmptyCoroutineContext.INSTANCE, (scope, continuation) -> {
			@Nullable Object[] complete = Arrays.copyOf(arguments, arguments.length + 1);
			complete[arguments.length] = continuation;
			try {
				return method.invoke(bean, complete);
			}
			catch (InvocationTargetException ex) {
				throw unchecked(ex.getTargetException());
			}
			catch (IllegalAccessException ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	/**
	 * Throws as Kotlin does, for which all exceptions are unchecked.
	 */
	@SuppressWarnings("unchecked")
	private static <T extends Throwable> RuntimeException unchecked(Throwable failure) throws T {
		throw (T) failure;
	}

}
