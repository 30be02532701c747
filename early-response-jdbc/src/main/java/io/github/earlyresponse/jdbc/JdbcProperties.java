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
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.jdbc.init.DatabaseInitializationProperties;

/**
 * Configuration properties for durable post-phases in a database.
 */
@ConfigurationProperties("early-response.jdbc")
public class JdbcProperties extends DatabaseInitializationProperties implements InitializingBean {

	static final String DEFAULT_TABLE = "early_response_post_phase";

	static final String DEFAULT_REQUEST_TABLE = "early_response_request";

	private static final String TABLE_NAME = "[A-Za-z0-9_$.]{1,100}";

	private static final Duration SHORTEST = Duration.ofMillis(10);

	private static final Duration LONGEST = Duration.ofDays(1);

	private static final Duration LONGEST_UNKNOWN = Duration.ofDays(3650);

	/**
	 * Name of the table of stored post-phases. One with another name than the default has
	 * to be created by the application.
	 */
	private String table = DEFAULT_TABLE;

	/**
	 * Name of the table of requests that can be repeated, which idempotent handlers need.
	 * One with another name than the default has to be created by the application.
	 */
	private String requestTable = DEFAULT_REQUEST_TABLE;

	/**
	 * Name of the DataSource bean in whose database post-phases are stored. Defaults to
	 * the one with EarlyResponseDataSource as qualifier, or else the only or primary one.
	 */
	private @Nullable String datasource;

	/**
	 * Interval at which a node renews its leases, by one statement for all of them.
	 */
	private Duration heartbeat = Duration.ofSeconds(1);

	/**
	 * Time after which another node takes over the post-phases of a node that has died.
	 */
	private Duration takeoverAfter = Duration.ofSeconds(4);

	/**
	 * Interval at which a node looks for post-phases that are due, such as those whose
	 * next attempt has come.
	 */
	private Duration pollInterval = Duration.ofMillis(500);

	/**
	 * Number of threads on which a node runs what it takes over and further attempts.
	 */
	private int threads = 16;

	/**
	 * Durable post-phases that this node works on: true for those that it accepts and
	 * those that it takes over, false for those that it accepts, as long as they need not
	 * be tried again, or accept-only for none, so that it accepts them for other nodes.
	 */
	private Work work = Work.ON;

	/**
	 * Names of the durable post-phases that this node works on. It accepts others for
	 * other nodes. By default, it works on all.
	 */
	private List<String> names = List.of();

	/**
	 * Time for which a post-phase is left to other nodes when it is due and this node
	 * does not know its name or cannot read it, before it becomes a dead letter.
	 */
	private Duration unknownAfter = Duration.ofDays(1);

	/**
	 * Interval at which a node counts stored post-phases for metrics and health.
	 */
	private Duration countInterval = Duration.ofSeconds(10);

	@Override
	public String getDefaultSchemaLocation() {
		return "classpath:io/github/earlyresponse/jdbc/schema-@@platform@@.sql";
	}

	public String getTable() {
		return this.table;
	}

	public void setTable(String table) {
		this.table = table;
	}

	public String getRequestTable() {
		return this.requestTable;
	}

	public void setRequestTable(String requestTable) {
		this.requestTable = requestTable;
	}

	public @Nullable String getDatasource() {
		return this.datasource;
	}

	public void setDatasource(@Nullable String datasource) {
		this.datasource = datasource;
	}

	public Duration getHeartbeat() {
		return this.heartbeat;
	}

	public void setHeartbeat(Duration heartbeat) {
		this.heartbeat = heartbeat;
	}

	public Duration getTakeoverAfter() {
		return this.takeoverAfter;
	}

	public void setTakeoverAfter(Duration takeoverAfter) {
		this.takeoverAfter = takeoverAfter;
	}

	public Duration getPollInterval() {
		return this.pollInterval;
	}

	public void setPollInterval(Duration pollInterval) {
		this.pollInterval = pollInterval;
	}

	public int getThreads() {
		return this.threads;
	}

	public void setThreads(int threads) {
		this.threads = threads;
	}

	public Work getWork() {
		return this.work;
	}

	public void setWork(Work work) {
		this.work = work;
	}

	public List<String> getNames() {
		return this.names;
	}

	public void setNames(List<String> names) {
		this.names = names;
	}

	public Duration getUnknownAfter() {
		return this.unknownAfter;
	}

	public void setUnknownAfter(Duration unknownAfter) {
		this.unknownAfter = unknownAfter;
	}

	public Duration getCountInterval() {
		return this.countInterval;
	}

	public void setCountInterval(Duration countInterval) {
		this.countInterval = countInterval;
	}

	/**
	 * Checks the values after they have been bound.
	 * @throws InvalidConfigurationPropertyValueException if one of them is out of bounds
	 */
	@Override
	public void afterPropertiesSet() {
		checkTable("table", this.table);
		checkTable("request-table", this.requestTable);
		checkDuration("heartbeat", this.heartbeat);
		checkDuration("poll-interval", this.pollInterval);
		checkDuration("takeover-after", this.takeoverAfter);
		checkDuration("count-interval", this.countInterval);
		check(this.takeoverAfter.compareTo(this.heartbeat.multipliedBy(4)) >= 0, "takeover-after", this.takeoverAfter,
				"It must be at least four times the heartbeat, which is " + this.heartbeat
						+ " (early-response.jdbc.heartbeat).");
		check(this.unknownAfter.compareTo(SHORTEST) >= 0 && this.unknownAfter.compareTo(LONGEST_UNKNOWN) <= 0,
				"unknown-after", this.unknownAfter, "It must be from 10 ms to ten years.");
		check(this.names.isEmpty() || this.work != Work.ACCEPT_ONLY, "names", this.names,
				"With early-response.jdbc.work set to accept-only, this node works on none. Remove one of the two.");
		check(this.threads >= 1 && this.threads <= 10_000, "threads", this.threads, "It must be from 1 to 10,000.");
	}

	private static void checkTable(String name, String table) {
		check(table.matches(TABLE_NAME), name, table, "It must consist of letters, digits, underscores and dots.");
	}

	private static void checkDuration(String name, Duration value) {
		check(value.compareTo(SHORTEST) >= 0 && value.compareTo(LONGEST) <= 0, name, value,
				"It must be from 10 ms to one day.");
	}

	private static void check(boolean valid, String name, Object value, String reason) {
		if (!valid) {
			throw new InvalidConfigurationPropertyValueException("early-response.jdbc." + name, value, reason);
		}
	}

}
