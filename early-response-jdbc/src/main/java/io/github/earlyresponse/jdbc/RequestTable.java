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

import java.time.Instant;
import java.util.List;

import javax.sql.DataSource;

import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The statements on the table of requests that can be repeated. A row is claimed by the
 * node that handles the request, and gets the result in the transaction of the handler.
 * All that change a row compare its token, which changes with each claim: whoever has
 * lost the claim changes nothing.
 * <p>
 * They run on the connection of the current transaction, if there is one.
 */
final class RequestTable {

	private static final List<String> COLUMNS = List.of("request_id", "fingerprint", "token", "node", "claimed_at",
			"expires_at", "result");

	private final JdbcTemplate jdbc;

	private final JdbcCustomization database;

	private final String find;

	private final String insert;

	private final String takeOver;

	private final String store;

	private final String delete;

	private final String deleteUnlessStored;

	private final String expired;

	private final String deleteExpired;

	RequestTable(DataSource dataSource, JdbcCustomization database, String table) {
		this.jdbc = new JdbcTemplate(dataSource);
		this.database = database;
		String ofClaim = " where request_id = ? and token = ?";
		this.find = "select fingerprint, token, node, claimed_at, expires_at, result from " + table
				+ " where request_id = ?";
		this.insert = "insert into " + table
				+ " (fingerprint, token, node, claimed_at, expires_at, request_id) values (?, ?, ?, ?, ?, ?)";
		this.takeOver = "update " + table
				+ " set fingerprint = ?, token = ?, node = ?, claimed_at = ?, expires_at = ?, result = null" + ofClaim
				+ " and (result is null or expires_at <= ?)";
		this.store = "update " + table + " set result = ?, expires_at = ?" + ofClaim;
		this.delete = "delete from " + table + ofClaim;
		this.deleteUnlessStored = this.delete + " and result is null";
		this.expired = "select request_id from " + table + " where expires_at <= ?";
		this.deleteExpired = "delete from " + table + " where request_id = ? and expires_at <= ?";
	}

	/**
	 * Checks the table.
	 */
	static void check(DataSource dataSource, JdbcProperties properties) {
		new TableCheck(new JdbcTemplate(dataSource), properties, "early-response.jdbc.request-table",
				properties.getRequestTable(), JdbcProperties.DEFAULT_REQUEST_TABLE)
			.check(properties.getRequestTable(), COLUMNS);
	}

	@Nullable Row find(String id) {
		List<Row> rows = this.jdbc.query(this.find, (statement) -> statement.setString(1, id),
				(result, index) -> new Row(result.getString("fingerprint"), result.getString("token"),
						result.getString("node"), this.database.getInstant(result, "claimed_at"),
						this.database.getInstant(result, "expires_at"), result.getBytes("result")));
		return (rows.isEmpty()) ? null : rows.get(0);
	}

	/**
	 * Inserts a claim.
	 * @throws org.springframework.dao.DuplicateKeyException if the request was claimed
	 */
	void insert(Claim claim) {
		this.jdbc.update(this.insert, (statement) -> {
			statement.setString(1, claim.fingerprint());
			statement.setString(2, claim.token());
			statement.setString(3, claim.node());
			this.database.setInstant(statement, 4, claim.claimedAt());
			this.database.setInstant(statement, 5, claim.expiresAt());
			statement.setString(6, claim.id());
		});
	}

	/**
	 * Replaces a claim that was given up, or whose result has expired.
	 * @param token the token of the former claim
	 * @return {@code false} if it was replaced or got its result meanwhile
	 */
	boolean takeOver(Claim claim, String token) {
		return this.jdbc.update(this.takeOver, (statement) -> {
			statement.setString(1, claim.fingerprint());
			statement.setString(2, claim.token());
			statement.setString(3, claim.node());
			this.database.setInstant(statement, 4, claim.claimedAt());
			this.database.setInstant(statement, 5, claim.expiresAt());
			statement.setString(6, claim.id());
			statement.setString(7, token);
			this.database.setInstant(statement, 8, claim.claimedAt());
		}) > 0;
	}

	/**
	 * Stores the result.
	 * @return {@code false} if the claim was lost
	 */
	boolean store(Claim claim, byte[] result, Instant expiresAt) {
		return this.jdbc.update(this.store, (statement) -> {
			this.database.setTaskData(statement, 1, result);
			this.database.setInstant(statement, 2, expiresAt);
			statement.setString(3, claim.id());
			statement.setString(4, claim.token());
		}) > 0;
	}

	/**
	 * Deletes a claim, if it was not lost.
	 * @param unlessStored whether it stays if it has a result
	 */
	void delete(Claim claim, boolean unlessStored) {
		this.jdbc.update((unlessStored) ? this.deleteUnlessStored : this.delete, claim.id(), claim.token());
	}

	/**
	 * Deletes what has expired.
	 * @param limit how many at most
	 * @return how many were found
	 */
	int deleteExpired(Instant now, int limit) {
		List<String> ids = this.jdbc.query(this.expired + this.database.getQueryLimitPart(limit),
				(statement) -> this.database.setInstant(statement, 1, now),
				(result, index) -> result.getString("request_id"));
		if (!ids.isEmpty()) {
			this.jdbc.batchUpdate(this.deleteExpired, ids, limit, (statement, id) -> {
				statement.setString(1, id);
				this.database.setInstant(statement, 2, now);
			});
		}
		return ids.size();
	}

	/**
	 * What a node claims.
	 *
	 * @param id what stands for the user, the handler and the key
	 * @param fingerprint what stands for the content of the request
	 * @param token the token of the claim
	 * @param node the name of the node
	 * @param claimedAt when it is claimed
	 * @param expiresAt when it expires without a result
	 */
	record Claim(String id, String fingerprint, String token, String node, Instant claimedAt, Instant expiresAt) {

	}

	/**
	 * What is stored of a request.
	 *
	 * @param fingerprint what stands for its content
	 * @param token the token of the claim
	 * @param node the node that has claimed it
	 * @param claimedAt when it did
	 * @param expiresAt when it expires
	 * @param result the result, {@code null} if it is being handled
	 */
	record Row(String fingerprint, String token, String node, Instant claimedAt, Instant expiresAt,
			byte @Nullable [] result) {

	}

}
