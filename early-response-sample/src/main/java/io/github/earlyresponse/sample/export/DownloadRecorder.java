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
import java.util.UUID;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.RequestSnapshot;

import org.springframework.core.io.Resource;
import org.springframework.core.io.support.ResourceRegion;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRange;
import org.springframework.stereotype.Component;

@Component
class DownloadRecorder {

	private final DownloadRepository downloads;

	DownloadRecorder(DownloadRepository downloads) {
		this.downloads = downloads;
	}

	/**
	 * Records a download, after its last byte.
	 * @param id the id of the export, which the handler was given
	 * @param archive what the handler returned
	 * @param context what became of the response
	 * @throws IOException if the archive is no longer there
	 */
	@PostPhase("record-download")
	void record(UUID id, Resource archive, PostPhaseContext context) throws IOException {
		RequestSnapshot request = context.request();
		if (!request.method().equals("HEAD")) {
			this.downloads.add(id, context.delivery(), bytes(archive, request), request.remoteAddress());
		}
	}

	private long bytes(Resource archive, RequestSnapshot request) throws IOException {
		String ranges = request.header(HttpHeaders.RANGE);
		if (ranges == null) {
			return archive.contentLength();
		}
		List<ResourceRegion> regions = HttpRange.toResourceRegions(HttpRange.parseRanges(ranges), archive);
		return regions.stream().mapToLong(ResourceRegion::getCount).sum();
	}

}
