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
import java.util.concurrent.CancellationException;

import io.github.earlyresponse.PostPhaseContext;

/**
 * Tells how many bytes of an export are packed. Bytes, and not documents, because an
 * upload can be a thousand times as large as a price list.
 */
class PackingProgress {

	private final PostPhaseContext context;

	private final int documents;

	private final long total;

	private int begun;

	private long done;

	private String message = "";

	PackingProgress(List<Document> documents, PostPhaseContext context) {
		this.context = context;
		this.documents = documents.size();
		this.total = documents.stream().mapToLong(Document::bytes).sum();
	}

	void packing(Document document) {
		this.begun++;
		this.message = "%s, %d of %d".formatted(document.name(), this.begun, this.documents);
		if (this.context.cancellationRequested()) {
			throw new CancellationException("Cancelled before " + document.name() + " was packed");
		}
		packed(0);
	}

	void packed(int bytes) {
		if (this.context.cancellationRequested()) {
			throw new CancellationException("Cancelled within " + this.message);
		}
		// A document can be longer than it was when its size was asked for
		this.done = Math.min(this.done + bytes, this.total);
		this.context.progress(this.done, this.total, this.message);
	}

}
