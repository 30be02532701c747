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
import org.springframework.util.StringUtils;
import org.springframework.web.multipart.MultipartFile;

@Component
class ExportPacker {

	private final DocumentStore documents;

	private final ArchiveStore archives;

	private final ExportRepository exports;

	ExportPacker(DocumentStore documents, ArchiveStore archives, ExportRepository exports) {
		this.documents = documents;
		this.archives = archives;
		this.exports = exports;
	}

	/**
	 * Packs an export, after its response.
	 * @param ticket what the handler returned
	 * @param request what the handler was given
	 * @param context told how far it is, and asked whether to go on
	 * @throws IOException if the archive cannot be written
	 */
	@PostPhase(value = "pack-export", timeout = "10m")
	void pack(ExportTicket ticket, ExportRequest request, PostPhaseContext context) throws IOException {
		List<Document> chosen = this.documents.named(request.documents());
		pack(ticket, chosen, chosen, context);
	}

	/**
	 * Packs an export with files that the client has uploaded, after its response. The
	 * files are there until this method ends, because it takes them as a parameter.
	 * @param ticket what the handler returned
	 * @param documents the names that the handler was given
	 * @param files the uploads that the handler was given
	 * @param context told how far it is, and asked whether to go on
	 * @throws IOException if the archive cannot be written
	 */
	@PostPhase(value = "pack-upload", timeout = "10m")
	void packUpload(ExportTicket ticket, Set<String> documents, List<MultipartFile> files, PostPhaseContext context)
			throws IOException {
		List<Document> chosen = this.documents.named(documents);
		EntryNames names = new EntryNames();
		chosen.forEach((document) -> names.next(document.name()));
		List<Document> all = new ArrayList<>(chosen);
		files.forEach((file) -> all
			.add(new Document(names.next(file.getOriginalFilename()), file.getSize(), file.getResource())));
		pack(ticket, all, chosen, context);
	}

	private void pack(ExportTicket ticket, List<Document> all, List<Document> counted, PostPhaseContext context)
			throws IOException {
		try {
			long bytes = this.archives.pack(ticket.id(), all, context);
			this.exports.packed(ticket.id(), counted, bytes);
		}
		catch (IOException | RuntimeException ex) {
			// Cancelling interrupts this thread, and the end has still to be recorded
			Thread.interrupted();
			this.exports.failed(ticket.id(), StringUtils.truncate(ex.toString(), 200));
			throw ex;
		}
	}

}
