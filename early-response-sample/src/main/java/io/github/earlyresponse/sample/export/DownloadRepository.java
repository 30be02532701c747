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
import java.util.UUID;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.sample.export.Statistics.DocumentUse;
import io.github.earlyresponse.sample.export.Statistics.Downloads;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class DownloadRepository {

	private final JdbcClient jdbc;

	DownloadRepository(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	void add(UUID export, Delivery delivery, long bytes, @Nullable String client) {
		this.jdbc.sql("""
				insert into download (export_id, delivery, bytes, client, recorded_at)
				values (:export, :delivery, :bytes, :client, current_timestamp)""")
			.param("export", export)
			.param("delivery", delivery.name())
			.param("bytes", bytes)
			.param("client", client)
			.update();
	}

	Statistics statistics() {
		Downloads downloads = this.jdbc.sql("""
				select count(*) as total,
					count(*) filter (where delivery = 'SENT') as sent,
					count(*) filter (where delivery = 'ABORTED') as aborted,
					coalesce(sum(bytes) filter (where delivery = 'SENT'), 0) as bytes
				from download""").query(Downloads.class).single();
		List<DocumentUse> documents = this.jdbc.sql("""
				select e.document as name, count(distinct e.export_id) as exports, count(d.id) as downloads
				from export_document e
					left join download d on d.export_id = e.export_id and d.delivery = 'SENT'
				group by e.document order by e.document""").query(DocumentUse.class).list();
		return new Statistics(downloads, documents);
	}

}
