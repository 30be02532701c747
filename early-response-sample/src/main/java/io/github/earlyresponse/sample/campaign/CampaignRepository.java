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

package io.github.earlyresponse.sample.campaign;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import io.github.earlyresponse.sample.node.NodeProperties;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

@Repository
class CampaignRepository {

	private final JdbcClient jdbc;

	private final JdbcTemplate batches;

	private final @Nullable String node;

	CampaignRepository(JdbcClient jdbc, JdbcTemplate batches, NodeProperties properties) {
		this.jdbc = jdbc;
		this.batches = batches;
		this.node = properties.node();
	}

	List<Long> unknownCustomers(CampaignRequest letter) {
		if (letter.customerIds() == null) {
			return List.of();
		}
		List<Long> unknown = new ArrayList<>(letter.customerIds());
		unknown.removeAll(this.jdbc.sql("select id from customer where id in (:ids)")
			.param("ids", letter.customerIds())
			.query(Long.class)
			.set());
		return unknown;
	}

	/**
	 * Writes down the campaign and, as pending, the delivery to each of its recipients.
	 * @param letter the letter and who gets it
	 * @param postPhase the id of the post-phase that sends it
	 * @return the campaign
	 */
	@Transactional
	Campaign add(CampaignRequest letter, String postPhase) {
		UUID id = UUID.randomUUID();
		this.jdbc.sql("""
				insert into campaign (id, subject, text, state, accepted_at, post_phase)
				values (:id, :subject, :text, 'ACCEPTED', current_timestamp, :postPhase)""")
			.param("id", id)
			.param("subject", letter.subject())
			.param("text", letter.text())
			.param("postPhase", postPhase)
			.update();
		String chosen = (letter.customerIds() != null) ? "id in (:ids)" : ":segment in ('all', segment, city)";
		this.jdbc.sql("""
				insert into delivery (campaign_id, customer_id, state)
				select :campaign, id, 'PENDING' from customer where %s order by id limit :limit""".formatted(chosen))
			.param("campaign", id)
			.param("ids", letter.customerIds())
			.param("segment", letter.segment())
			.param("limit", (letter.limit() != null) ? letter.limit() : Integer.MAX_VALUE)
			.update();
		return find(id).orElseThrow();
	}

	Optional<Campaign> find(UUID id) {
		return select("where c.id = :id").param("id", id).query(Campaign.class).optional();
	}

	List<Campaign> newest(int limit) {
		return select("""
				where c.id in (select id from campaign order by accepted_at desc limit :limit)""").param("limit", limit)
			.query(Campaign.class)
			.list();
	}

	private StatementSpec select(String condition) {
		return this.jdbc.sql("""
				select c.id, c.subject, c.state, count(d.state) as recipients,
					count(*) filter (where d.state = 'SENT') as sent,
					count(*) filter (where d.state = 'FAILED') as failed,
					count(*) filter (where d.state = 'PENDING') as pending,
					c.attempt, c.resumed_from, c.node, c.accepted_at, c.started_at, c.finished_at
				from campaign c left join delivery d on d.campaign_id = c.id
				%s
				group by c.id, c.subject, c.state, c.attempt, c.resumed_from, c.node, c.accepted_at, c.started_at,
					c.finished_at
				order by c.accepted_at desc""".formatted(condition));
	}

	List<FailedDelivery> failures(UUID id) {
		return this.jdbc.sql("""
				select d.customer_id, c.email, d.reason from delivery d join customer c on c.id = d.customer_id
				where d.campaign_id = :id and d.state = 'FAILED' order by d.customer_id""")
			.param("id", id)
			.query(FailedDelivery.class)
			.list();
	}

	/**
	 * The nodes that have tried to send letters of a campaign.
	 * @param id the id of the campaign
	 * @return the nodes that have a name, in the order in which they have begun
	 */
	List<NodeLetters> nodes(UUID id) {
		return this.jdbc.sql("""
				select node, count(*) as letters from delivery where campaign_id = :id and node is not null
				group by node order by min(customer_id)""").param("id", id).query(NodeLetters.class).list();
	}

	/**
	 * The next letters.
	 * @param id the id of the campaign
	 * @param customer the id of the last customer that was tried, zero before the first
	 * @param limit how many at most
	 * @return who gets them, in the order of the ids of the customers
	 */
	List<Recipient> next(UUID id, long customer, int limit) {
		return this.jdbc.sql("""
				select c.id as customer_id, c.name, c.email from delivery d join customer c on c.id = d.customer_id
				where d.campaign_id = :id and d.customer_id > :customer order by d.customer_id limit :limit""")
			.param("id", id)
			.param("customer", customer)
			.param("limit", limit)
			.query(Recipient.class)
			.list();
	}

	void record(UUID id, Collection<Recipient> tried, Map<Recipient, String> failures) {
		this.batches.batchUpdate("""
				update delivery set state = ?, reason = ?, node = ?, recorded_at = current_timestamp
				where campaign_id = ? and customer_id = ?""", tried, tried.size(), (statement, recipient) -> {
			String reason = failures.get(recipient);
			statement.setString(1, (reason != null) ? "FAILED" : "SENT");
			statement.setString(2, reason);
			statement.setString(3, this.node);
			statement.setObject(4, id);
			statement.setLong(5, recipient.customerId());
		});
	}

	/**
	 * Records that a campaign is sent from now on, or again.
	 * @param id the id of the campaign
	 * @param attempt the number of the attempt
	 * @param resumed whether it goes on after what was recorded
	 * @return the campaign
	 */
	@Transactional
	Campaign started(UUID id, int attempt, boolean resumed) {
		this.jdbc.sql("""
				update campaign set state = 'SENDING', started_at = coalesce(started_at, current_timestamp),
					attempt = :attempt, node = :node, resumed_from = case when :resumed then 1 + (
						select count(*) from delivery where campaign_id = :id and state <> 'PENDING') end
				where id = :id""")
			.param("id", id)
			.param("attempt", attempt)
			.param("node", this.node)
			.param("resumed", resumed)
			.update();
		return find(id).orElseThrow();
	}

	void completed(UUID id) {
		this.jdbc.sql("update campaign set state = 'COMPLETED', finished_at = current_timestamp where id = :id")
			.param("id", id)
			.update();
	}

	/**
	 * Records that a campaign has ended before every recipient was tried.
	 * @param postPhase the id of the post-phase that would have sent it
	 * @param state how it has ended
	 */
	void ended(String postPhase, CampaignState state) {
		this.jdbc.sql("""
				update campaign set state = :state, finished_at = current_timestamp
				where post_phase = :postPhase and state in ('ACCEPTED', 'SENDING')""")
			.param("state", state.name())
			.param("postPhase", postPhase)
			.update();
	}

}
