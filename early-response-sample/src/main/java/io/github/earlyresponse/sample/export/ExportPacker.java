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
import java.util.List;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;

import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;

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
	 * @param context asked between documents whether to go on
	 * @throws IOException if the archive cannot be written
	 */
	@PostPhase(value = "pack-export", timeout = "10m")
	void pack(ExportTicket ticket, ExportRequest request, PostPhaseContext context) throws IOException {
		List<Document> chosen = this.documents.named(request.documents());
		try {
			long bytes = this.archives.pack(ticket.id(), chosen, context::cancellationRequested);
			this.exports.packed(ticket.id(), chosen, bytes);
		}
		catch (IOException | RuntimeException ex) {
			// Cancelling interrupts this thread, and the end has still to be recorded
			Thread.interrupted();
			this.exports.failed(ticket.id(), StringUtils.truncate(ex.toString(), 200));
			throw ex;
		}
	}

}
