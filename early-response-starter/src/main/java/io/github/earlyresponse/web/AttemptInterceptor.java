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

import io.github.earlyresponse.web.send.BoundEarlyResponse;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.ClassUtils;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * Around an annotated handler, inside all other advice: each time that it is called is an
 * attempt, of which an advice in between may make several, and so is each subscription to
 * a reactive result. When the attempt returns, what is going to run is recorded, inside
 * its transaction. A rollback that the handler does not tell is noticed as well, as after
 * {@code setRollbackOnly()}.
 */
public final class AttemptInterceptor implements MethodInterceptor {

	private static final boolean transactionsPresent = ClassUtils.isPresent(
			"org.springframework.transaction.support.TransactionSynchronizationManager",
			AttemptInterceptor.class.getClassLoader());

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		HandlerInvocation call = findCall(invocation);
		int attempt = (call != null) ? call.beginAttempt() : HandlerInvocation.NO_ATTEMPT;
		if (call == null || attempt == HandlerInvocation.NO_ATTEMPT) {
			return invocation.proceed();
		}
		Throwable failure = null;
		try {
			if (transactionsPresent && Rollbacks.arePossible()) {
				Rollbacks.register(() -> call.rolledBack(attempt));
			}
			call.withdrawRecords();
			Object returned = invocation.proceed();
			attemptReturned(call, attempt, returned);
			return watch(returned, call, attempt);
		}
		catch (Throwable ex) {
			failure = ex;
			throw ex;
		}
		finally {
			call.endAttempt(attempt, failure);
		}
	}

	/**
	 * Records what is going to run. If that fails, the transaction of the handler is
	 * rolled back, even one that is committed after exceptions.
	 */
	private static void attemptReturned(HandlerInvocation call, int attempt, @Nullable Object returned) {
		try {
			call.attemptReturned(attempt, returned);
		}
		catch (RuntimeException | Error ex) {
			if (transactionsPresent) {
				Rollbacks.require();
			}
			throw ex;
		}
	}

	/**
	 * Notices subscriptions to what does its work then only, such as a {@code Mono}.
	 */
	private static @Nullable Object watch(@Nullable Object returned, HandlerInvocation call, int attempt) {
		ReactiveAdapter adapter = (returned != null)
				? ReactiveAdapterRegistry.getSharedInstance().getAdapter(returned.getClass()) : null;
		return (adapter != null && adapter.getDescriptor().isDeferred())
				? Subscriptions.watch(adapter, returned, () -> call.subscribed(attempt)) : returned;
	}

	private static @Nullable HandlerInvocation findCall(MethodInvocation invocation) {
		HandlerInvocation call = findCall(invocation.getArguments());
		if (call == null) {
			call = findCallOfRequest();
		}
		return (call != null && Dispatch.isCall(call.handler(), invocation)) ? call : null;
	}

	private static @Nullable HandlerInvocation findCallOfRequest() {
		ServletRequestAttributes attributes = Dispatch.currentAttributes();
		Exchange exchange = (attributes != null) ? Exchange.of(attributes.getRequest()) : null;
		return (attributes != null && exchange != null) ? exchange.find(attributes) : null;
	}

	/**
	 * The call that a parameter is bound to, also on threads that do not know the
	 * request.
	 */
	private static @Nullable HandlerInvocation findCall(@Nullable Object[] arguments) {
		for (Object argument : arguments) {
			if (argument instanceof BoundAfterResponse afterResponse) {
				return afterResponse.call();
			}
			if (argument instanceof BoundEarlyResponse earlyResponse
					&& earlyResponse.call() instanceof SendingCall call) {
				return call.invocation();
			}
		}
		return null;
	}

}
