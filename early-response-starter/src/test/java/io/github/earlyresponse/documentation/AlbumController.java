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

package io.github.earlyresponse.documentation;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.documentation.Shop.Album;
import io.github.earlyresponse.documentation.Shop.Journal;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
class AlbumController {

	private final Journal journal;

	AlbumController(Journal journal) {
		this.journal = journal;
	}

	@PostMapping("/albums")
	@ResponseStatus(HttpStatus.ACCEPTED)
	@RespondThenContinue("print-album")
	void order(@RequestBody Album album) {
	}

	@PostPhase("print-album")
	void print(Album album, PostPhaseContext context) {
		int done = 0;
		for (String picture : album.pictures()) {
			if (context.cancellationRequested()) {
				return;
			}
			this.journal.add("printed " + picture);
			done++;
			context.progress(done, album.pictures().size(), "printed " + picture);
		}
	}

}
