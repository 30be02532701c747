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

import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.UUID;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.RespondThenContinue;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;

import org.springframework.core.io.Resource;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

@RestController
@RequestMapping("/exports")
class ExportController {

	private final DocumentStore documents;

	private final ArchiveStore archives;

	private final ExportRepository exports;

	ExportController(DocumentStore documents, ArchiveStore archives, ExportRepository exports) {
		this.documents = documents;
		this.archives = archives;
		this.exports = exports;
	}

	/**
	 * Accepts an export. {@link ExportPacker#pack} packs it after the response.
	 * @param request the names of the documents
	 * @param after knows the id of the post-phase, by which {@link ExportEndListener}
	 * finds the export
	 * @return the ticket, whose status is found under its location
	 */
	@PostMapping
	@Transactional
	@RespondThenContinue(ExportPacker.DOCUMENTS)
	ResponseEntity<ExportTicket> accept(@Valid @RequestBody ExportRequest request, AfterResponse after) {
		return issue(request.documents(), request.documents().size(), after.id(ExportPacker.DOCUMENTS));
	}

	/**
	 * Accepts an export with files of the client. {@link ExportPacker#packUpload} packs
	 * it after the response, when the request and its uploads are gone: it takes the
	 * files as a parameter, and so they are kept for it.
	 * @param documents the names of the documents, which may be none
	 * @param files the uploads
	 * @param after knows the id of the post-phase
	 * @return the ticket, whose status is found under its location
	 */
	@PostMapping(consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
	@RespondThenContinue(ExportPacker.UPLOAD)
	ResponseEntity<ExportTicket> accept(
			@RequestParam(defaultValue = "") @Size(max = 100) Set<@NotBlank String> documents,
			@RequestParam @Size(min = 1, max = 20) List<MultipartFile> files, AfterResponse after) {
		files.stream().filter(MultipartFile::isEmpty).findFirst().ifPresent((file) -> {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST,
					"The file '%s' is empty".formatted(file.getOriginalFilename()));
		});
		return issue(documents, documents.size() + files.size(), after.id(ExportPacker.UPLOAD));
	}

	private ResponseEntity<ExportTicket> issue(Set<String> documents, int entries, String postPhase) {
		List<String> unknown = this.documents.unknown(documents);
		if (!unknown.isEmpty()) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "Unknown documents: " + unknown);
		}
		ExportTicket ticket = this.exports.add(entries, postPhase);
		URI location = ServletUriComponentsBuilder.fromCurrentRequest()
			.path("/{id}")
			.buildAndExpand(ticket.id())
			.toUri();
		return ResponseEntity.accepted().location(location).body(ticket);
	}

	@GetMapping("/{id}")
	ExportTicket ticket(@PathVariable UUID id) {
		return this.exports.find(id)
			.orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "No export has the id " + id));
	}

	/**
	 * Sends an archive. {@link DownloadRecorder#record} records it after the last byte.
	 * @param id the id of the export
	 * @return the archive
	 */
	@GetMapping("/{id}/archive")
	@RespondThenContinue("record-download")
	ResponseEntity<Resource> archive(@PathVariable UUID id) {
		ExportState state = ticket(id).state();
		Resource archive = this.archives.archive(id);
		if (state != ExportState.READY || !archive.exists()) {
			throw new ResponseStatusException(HttpStatus.NOT_FOUND,
					"Export %s is %s and has no archive".formatted(id, state));
		}
		ContentDisposition attachment = ContentDisposition.attachment().filename("export-" + id + ".zip").build();
		return ResponseEntity.ok()
			.header(HttpHeaders.CONTENT_TYPE, "application/zip")
			.header(HttpHeaders.CONTENT_DISPOSITION, attachment.toString())
			.body(archive);
	}

}
