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

import java.util.function.Supplier;

import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Around a post-phase method and inside its transaction, if it has one: completes the
 * post-phase there, so that its work and its completion commit together. If the method
 * calls itself, that is part of its work and completes nothing.
 */
final class CompletionInterceptor implements MethodInterceptor {

	private final Supplier<JdbcPostPhaseStore> store;

	CompletionInterceptor(Supplier<JdbcPostPhaseStore> store) {
		this.store = store;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		StoredCall call = StoredCall.current();
		if (call == null || !isOf(call, invocation) || !call.enter()) {
			return invocation.proceed();
		}
		try {
			Object result = invocation.proceed();
			if (this.store.get().canCompleteInTransaction()) {
				call.completeInTransaction();
			}
			return result;
		}
		finally {
			call.leave();
		}
	}

	private static boolean isOf(StoredCall call, MethodInvocation invocation) {
		Object target = invocation.getThis();
		Assert.state(target != null, "A post-phase is not static");
		return call.method().isInvokedBy(invocation.getMethod(), target.getClass());
	}

}
