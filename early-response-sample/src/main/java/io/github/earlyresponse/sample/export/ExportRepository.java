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

package io.github.earlyresponse.sample.export;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

import io.github.earlyresponse.sample.node.NodeProperties;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

@Repository
class ExportRepository {

	private final JdbcClient jdbc;

	private final JdbcTemplate batches;

	private final @Nullable String node;

	ExportRepository(JdbcClient jdbc, JdbcTemplate batches, NodeProperties properties) {
		this.jdbc = jdbc;
		this.batches = batches;
		this.node = properties.node();
	}

	/**
	 * Adds an export.
	 * @param documents how many documents it has
	 * @param postPhase the id of the post-phase that packs it
	 * @return the ticket
	 */
	ExportTicket add(int documents, String postPhase) {
		UUID id = UUID.randomUUID();
		this.jdbc.sql("""
				insert into export (id, state, documents, requested_at, post_phase)
				values (:id, 'PACKING', :documents, current_timestamp, :postPhase)""")
			.param("id", id)
			.param("documents", documents)
			.param("postPhase", postPhase)
			.update();
		return find(id).orElseThrow();
	}

	Optional<ExportTicket> find(UUID id) {
		return this.jdbc.sql("""
				select id, state, documents, bytes, failure, node, requested_at, finished_at
				from export where id = :id""").param("id", id).query(ExportTicket.class).optional();
	}

	@Transactional
	void packed(UUID id, List<Document> documents, long bytes) {
		this.batches.batchUpdate("insert into export_document (export_id, document, bytes) values (?, ?, ?)", documents,
				documents.size(), (statement, document) -> {
					statement.setObject(1, id);
					statement.setString(2, document.name());
					statement.setLong(3, document.bytes());
				});
		this.jdbc.sql("""
				update export set state = 'READY', bytes = :bytes, node = :node, finished_at = current_timestamp
				where id = :id""").param("id", id).param("bytes", bytes).param("node", this.node).update();
	}

	/**
	 * Records that an export has ended without an archive.
	 * @param postPhase the id of the post-phase that would have packed it
	 * @param state how it has ended
	 * @param reason why, {@code null} if there is nothing to say
	 */
	void ended(String postPhase, ExportState state, @Nullable String reason) {
		this.jdbc.sql("""
				update export set state = :state, failure = :reason, finished_at = current_timestamp
				where post_phase = :postPhase and state = 'PACKING'""")
			.param("state", state.name())
			.param("postPhase", postPhase)
			.param("reason", reason)
			.update();
	}

}
