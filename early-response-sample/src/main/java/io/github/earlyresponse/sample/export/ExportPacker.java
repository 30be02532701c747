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

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;

import org.springframework.stereotype.Component;
import org.springframework.web.multipart.MultipartFile;

@Component
class ExportPacker {

	static final String DOCUMENTS = "pack-export";

	static final String UPLOAD = "pack-upload";

	private final DocumentStore documents;

	private final ArchiveStore archives;

	private final ExportRepository exports;

	private final ExportWebhook webhook;

	ExportPacker(DocumentStore documents, ArchiveStore archives, ExportRepository exports, ExportWebhook webhook) {
		this.documents = documents;
		this.archives = archives;
		this.exports = exports;
		this.webhook = webhook;
	}

	/**
	 * Packs an export, after its response, and posts it to the service that is
	 * configured. If the process dies, the next one packs it from the beginning, unless
	 * it is packed.
	 * @param ticket what the handler returned
	 * @param request what the handler was given
	 * @param context told how far it is, and asked whether to go on
	 * @throws IOException if the archive cannot be written
	 */
	@PostPhase(value = DOCUMENTS, timeout = "10m", durable = true)
	void pack(ExportTicket ticket, ExportRequest request, PostPhaseContext context) throws IOException {
		// It may have been packed when the process died
		if (this.exports.find(ticket.id()).orElseThrow().state() != ExportState.READY) {
			List<Document> chosen = this.documents.named(request.documents());
			pack(ticket, chosen, chosen, context);
		}
		post(ticket, context);
	}

	/**
	 * Packs an export with files that the client has uploaded, after its response. The
	 * files are there until this method ends, because it takes them as a parameter, but
	 * they cannot be stored: if the process dies, they are lost.
	 * @param ticket what the handler returned
	 * @param documents the names that the handler was given
	 * @param files the uploads that the handler was given
	 * @param context told how far it is, and asked whether to go on
	 * @throws IOException if the archive cannot be written
	 */
	@PostPhase(value = UPLOAD, timeout = "10m")
	void packUpload(ExportTicket ticket, Set<String> documents, List<MultipartFile> files, PostPhaseContext context)
			throws IOException {
		List<Document> chosen = this.documents.named(documents);
		EntryNames names = new EntryNames();
		chosen.forEach((document) -> names.next(document.name()));
		List<Document> all = new ArrayList<>(chosen);
		files.forEach((file) -> all
			.add(new Document(names.next(file.getOriginalFilename()), file.getSize(), file.getResource())));
		pack(ticket, all, chosen, context);
		post(ticket, context);
	}

	private void pack(ExportTicket ticket, List<Document> all, List<Document> counted, PostPhaseContext context)
			throws IOException {
		long bytes = this.archives.pack(ticket.id(), all, context);
		this.exports.packed(ticket.id(), counted, bytes);
	}

	private void post(ExportTicket ticket, PostPhaseContext context) {
		this.webhook.post(this.exports.find(ticket.id()).orElseThrow(), context.id());
	}

}
