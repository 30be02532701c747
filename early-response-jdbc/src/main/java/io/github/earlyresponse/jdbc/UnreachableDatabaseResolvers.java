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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import io.github.earlyresponse.PostPhaseRejectedException;
import io.github.earlyresponse.RespondThenContinue;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.handler.HandlerExceptionResolverComposite;
import org.springframework.web.servlet.mvc.support.DefaultHandlerExceptionResolver;

/**
 * Rejects a request if the database of a handler with post-phases cannot be reached, and
 * the exception is that of its transaction.
 * <p>
 * Without that the client may read an empty 200: where the connection to the database
 * ended with an {@link java.io.EOFException}, Spring MVC takes it for the connection to
 * the client, for which there is nothing left to do.
 * <p>
 * Other than a {@code WebMvcConfigurer} this applies also to an application that extends
 * {@code WebMvcConfigurationSupport}, which asks no configurers.
 */
final class UnreachableDatabaseResolvers implements BeanPostProcessor {

	private static final Log logger = LogFactory.getLog(UnreachableDatabaseResolvers.class);

	private final Supplier<Duration> retryAfter;

	/**
	 * Creates the resolvers.
	 * @param retryAfter when a client may try again
	 */
	UnreachableDatabaseResolvers(Supplier<Duration> retryAfter) {
		this.retryAfter = retryAfter;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof HandlerExceptionResolverComposite composite) {
			List<HandlerExceptionResolver> resolvers = new ArrayList<>(composite.getExceptionResolvers());
			extend(resolvers);
			composite.setExceptionResolvers(resolvers);
		}
		return bean;
	}

	private void extend(List<HandlerExceptionResolver> resolvers) {
		HandlerExceptionResolverComposite others = new HandlerExceptionResolverComposite();
		others.setExceptionResolvers(List.copyOf(resolvers));
		// What the application maps comes first
		resolvers.add(indexOfDefault(resolvers),
				(request, response, handler, ex) -> unreachable(request, response, handler, ex, others));
		resolvers.add(0, (request, response, handler, ex) -> notStored(request, response, handler, ex, others));
	}

	private static int indexOfDefault(List<HandlerExceptionResolver> resolvers) {
		return IntStream.range(0, resolvers.size())
			.filter((index) -> resolvers.get(index) instanceof DefaultHandlerExceptionResolver)
			.findFirst()
			.orElse(resolvers.size());
	}

	private @Nullable ModelAndView unreachable(HttpServletRequest request, HttpServletResponse response,
			@Nullable Object handler, Exception ex, HandlerExceptionResolver others) {
		if (!isOutage(ex) || !(handler instanceof HandlerMethod method)
				|| !method.hasMethodAnnotation(RespondThenContinue.class)) {
			return null;
		}
		logger.warn(handler + " has no transaction, or has lost it", ex);
		return others.resolveException(request, response, handler,
				new PostPhaseRejectedException("The work cannot be stored at the moment.", this.retryAfter.get()));
	}

	/**
	 * The transaction did not begin, or the handler could not read or write something,
	 * and then the rollback failed, too. A transaction whose commit failed has no such
	 * application exception: it may have been committed.
	 */
	private static boolean isOutage(Exception ex) {
		Throwable cause = (ex instanceof TransactionSystemException failure) ? failure.getApplicationException() : null;
		return ex instanceof CannotCreateTransactionException || cause instanceof DataAccessResourceFailureException
				|| cause instanceof TransientDataAccessException || cause instanceof RecoverableDataAccessException;
	}

	/**
	 * The post-phases could not be stored, and then the rollback failed, too. What the
	 * handler has thrown counts.
	 */
	private static @Nullable ModelAndView notStored(HttpServletRequest request, HttpServletResponse response,
			@Nullable Object handler, Exception ex, HandlerExceptionResolver others) {
		return (ex instanceof TransactionSystemException failure
				&& failure.getApplicationException() instanceof PostPhaseRejectedException rejection)
						? others.resolveException(request, response, handler, rejection) : null;
	}

}
