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

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicReference;

import javax.sql.DataSource;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.SmartDataSource;

/**
 * The connection on which leases are renewed. It is kept between renewals, so that a pool
 * whose connections are all in use does not keep a node from renewing them. One that does
 * not work any more is replaced.
 */
final class LeaseConnection extends DelegatingDataSource implements SmartDataSource {

	private static final Log logger = LogFactory.getLog(LeaseConnection.class);

	private static final int VALID_SECONDS = 1;

	/** The connection that is kept and not in use. */
	private final AtomicReference<@Nullable Connection> kept = new AtomicReference<>();

	private final boolean keep;

	private volatile boolean open;

	/**
	 * Creates it.
	 * @param dataSource where it comes from
	 * @param keep whether to keep it
	 */
	LeaseConnection(DataSource dataSource, boolean keep) {
		super(dataSource);
		this.keep = keep;
	}

	boolean isKept() {
		return this.keep;
	}

	/**
	 * Keeps the connection from now on, if it is to be kept.
	 */
	void open() {
		this.open = this.keep;
	}

	/**
	 * Keeps none any more. One that is in use is closed when it is released.
	 */
	void close() {
		this.open = false;
		close(this.kept.getAndSet(null));
	}

	@Override
	public Connection getConnection() throws SQLException {
		Connection connection = this.kept.getAndSet(null);
		if (connection != null && isValid(connection)) {
			return connection;
		}
		close(connection);
		return super.getConnection();
	}

	/**
	 * Is called when a connection is released.
	 */
	@Override
	public boolean shouldClose(Connection connection) {
		if (!this.open || !this.kept.compareAndSet(null, connection)) {
			return true;
		}
		// It may have been closed meanwhile
		return !this.open && this.kept.compareAndSet(connection, null);
	}

	private static boolean isValid(Connection connection) {
		try {
			return connection.isValid(VALID_SECONDS);
		}
		catch (SQLException ex) {
			return false;
		}
	}

	private static void close(@Nullable Connection connection) {
		try {
			if (connection != null) {
				connection.close();
			}
		}
		catch (SQLException ex) {
			logger.debug("The connection for leases could not be closed", ex);
		}
	}

}
