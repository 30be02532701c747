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

import jakarta.servlet.http.HttpServletRequest;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.web.method.HandlerMethod;

/**
 * Around an annotated handler, inside its transaction: notices a rollback that the
 * handler does not tell, as after {@code setRollbackOnly()}.
 */
public final class RollbackInterceptor implements MethodInterceptor {

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		if (TransactionSynchronizationManager.isActualTransactionActive()
				&& TransactionSynchronizationManager.isSynchronizationActive()) {
			HandlerInvocation call = findCall(invocation);
			if (call != null) {
				TransactionSynchronizationManager.registerSynchronization(new RollbackSynchronization(call));
			}
		}
		return invocation.proceed();
	}

	private static @Nullable HandlerInvocation findCall(MethodInvocation invocation) {
		HttpServletRequest request = Dispatch.currentRequest();
		HandlerMethod handler = (request != null) ? Dispatch.handler(request, invocation) : null;
		Exchange exchange = (request != null) ? Exchange.of(request) : null;
		return (handler != null && exchange != null) ? exchange.find(handler) : null;
	}

	private record RollbackSynchronization(HandlerInvocation call) implements TransactionSynchronization {

		@Override
		public void afterCompletion(int status) {
			if (status != STATUS_COMMITTED) {
				this.call.rolledBack();
			}
		}

	}

}
