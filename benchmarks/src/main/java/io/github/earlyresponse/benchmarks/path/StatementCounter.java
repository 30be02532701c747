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

package io.github.earlyresponse.benchmarks.path;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Counts what an application asks of its database: statements, of which a batch has
 * several; how often statements were sent and waited for; and commits.
 */
final class StatementCounter implements BeanPostProcessor {

	private final LongAdder roundTrips = new LongAdder();

	private final LongAdder commits = new LongAdder();

	private final Map<String, LongAdder> statements = new ConcurrentHashMap<>();

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		return (bean instanceof DataSource dataSource) ? new CountingDataSource(dataSource) : bean;
	}

	/**
	 * What was counted so far.
	 */
	Counts counts() {
		Map<String, Long> statements = new TreeMap<>();
		this.statements.forEach((sql, count) -> statements.put(sql, count.sum()));
		return new Counts(statements, this.roundTrips.sum(), this.commits.sum());
	}

	private Connection connection(Connection connection) {
		return proxy(Connection.class, connection, (method, arguments, result) -> {
			if (result instanceof PreparedStatement statement && arguments != null) {
				return proxy(PreparedStatement.class, statement, new Executions((String) arguments[0]));
			}
			if (result instanceof Statement statement) {
				return proxy(Statement.class, statement, new Executions(""));
			}
			if (method.getName().equals("commit")) {
				this.commits.increment();
			}
			return result;
		});
	}

	private static <T> T proxy(Class<T> type, T target, Calls calls) {
		InvocationHandler handler = (proxy, method, arguments) -> {
			try {
				return calls.returned(method, arguments, method.invoke(target, arguments));
			}
			catch (InvocationTargetException ex) {
				throw ex.getTargetException();
			}
		};
		return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, handler));
	}

	/**
	 * What was counted.
	 *
	 * @param statements how often each statement was executed
	 * @param roundTrips how often statements were sent and waited for
	 * @param commits the number of commits
	 */
	record Counts(Map<String, Long> statements, long roundTrips, long commits) {

		/**
		 * What was counted since then.
		 */
		Counts since(Counts before) {
			Map<String, Long> statements = new TreeMap<>();
			this.statements.forEach((sql, count) -> {
				long number = count - before.statements.getOrDefault(sql, 0L);
				if (number > 0) {
					statements.put(sql, number);
				}
			});
			return new Counts(statements, this.roundTrips - before.roundTrips, this.commits - before.commits);
		}

		/**
		 * How many statements were executed that contain a text.
		 */
		long executed(String text) {
			return this.statements.entrySet()
				.stream()
				.filter((entry) -> entry.getKey().contains(text))
				.mapToLong(Map.Entry::getValue)
				.sum();
		}

	}

	/**
	 * Is told what was called.
	 */
	private interface Calls {

		@Nullable Object returned(Method method, Object @Nullable [] arguments, @Nullable Object result);

	}

	private final class CountingDataSource extends DelegatingDataSource {

		CountingDataSource(DataSource target) {
			super(target);
		}

		@Override
		public Connection getConnection() throws SQLException {
			return connection(super.getConnection());
		}

	}

	/**
	 * Executions of one statement.
	 */
	private final class Executions implements Calls {

		private final String sql;

		private int batched;

		Executions(String sql) {
			this.sql = sql;
		}

		@Override
		public @Nullable Object returned(Method method, Object @Nullable [] arguments, @Nullable Object result) {
			String name = method.getName();
			if (name.equals("addBatch")) {
				this.batched++;
			}
			else if (name.startsWith("execute")) {
				boolean batch = name.endsWith("Batch");
				String sql = (!batch && arguments != null) ? (String) arguments[0] : this.sql;
				StatementCounter.this.statements.computeIfAbsent(sql, (key) -> new LongAdder())
					.add((batch) ? this.batched : 1);
				StatementCounter.this.roundTrips.increment();
				this.batched = 0;
			}
			return result;
		}

	}

}
