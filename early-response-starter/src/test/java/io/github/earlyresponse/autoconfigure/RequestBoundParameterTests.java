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

package io.github.earlyresponse.autoconfigure;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.PostPhase;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.Part;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.ui.Model;
import org.springframework.ui.ModelMap;
import org.springframework.util.MultiValueMap;
import org.springframework.validation.BindingResult;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.multipart.MultipartRequest;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for post-phases that ask for what dies with the request.
 */
class RequestBoundParameterTests {

	private final WebApplicationContextRunner contextRunner = WebContexts.withStarter();

	private void assertRefused(Class<?> component, String type, String action) {
		this.contextRunner.withUserConfiguration(component).run((context) -> {
			FailureAnalysis analysis = WebContexts.analyze(context);
			assertThat(analysis.getDescription()).contains("Post-phase 'work'", component.getName() + ".work()",
					"takes a", type, "dies with the request");
			assertThat(analysis.getAction()).contains(action);
		});
	}

	@ParameterizedTest
	@ValueSource(classes = { TakesHttpServletRequest.class, TakesServletRequest.class, TakesWebRequest.class,
			TakesNativeWebRequest.class, TakesServletWebRequest.class, TakesMultipartRequest.class })
	void requestIsRefusedAndSnapshotOffered(Class<?> component) {
		assertRefused(component, component.getSimpleName().substring("Takes".length()),
				"Take a RequestSnapshot instead");
	}

	@ParameterizedTest
	@ValueSource(classes = { TakesHttpServletResponse.class, TakesHttpSession.class, TakesInputStream.class,
			TakesServletInputStream.class, TakesOutputStream.class, TakesReader.class, TakesBufferedReader.class,
			TakesWriter.class, TakesModel.class, TakesModelMap.class, TakesRedirectAttributes.class,
			TakesBindingResult.class, TakesSseEmitter.class, TakesStreamingResponseBody.class })
	void whatBelongsToTheRequestIsRefused(Class<?> component) {
		assertRefused(component, component.getSimpleName().substring("Takes".length()),
				"Read what you need of it in the handler");
	}

	@ParameterizedTest
	@ValueSource(classes = { TakesForm.class, TakesFormRecord.class, TakesSupplierOfMultipartFile.class })
	void uploadThatIsNoArgumentOfItsOwnIsRefused(Class<?> component) {
		assertRefused(component, "MultipartFile", "Only one that is an argument of its own is kept");
	}

	@Test
	void csrfTokenIsRefused() {
		assertRefused(TakesCsrfToken.class, "CsrfToken", "Ask for its value in the handler");
	}

	@Test
	void afterResponseIsRefused() {
		assertRefused(TakesAfterResponse.class, "AfterResponse", "take a PostPhaseContext");
	}

	@ParameterizedTest
	@ValueSource(classes = { TakesMultipartFile.class, TakesPart.class, TakesArrayOfMultipartFiles.class,
			TakesListOfMultipartFiles.class, TakesMapOfMultipartFiles.class, TakesMultiValueMapOfParts.class,
			TakesOptionalMultipartFile.class })
	void uploadsAreAccepted(Class<?> component) {
		this.contextRunner.withUserConfiguration(component).run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@ValueSource(classes = { TakesPath.class, TakesIterableOfItself.class, TakesRawEnum.class })
	void typesThatContainThemselvesAreAccepted(Class<?> component) {
		this.contextRunner.withUserConfiguration(component).run((context) -> assertThat(context).hasNotFailed());
	}

	static class TakesServletWebRequest {

		@PostPhase
		void work(ServletWebRequest value) {
		}

	}

	static class TakesMultipartRequest {

		@PostPhase
		void work(MultipartRequest value) {
		}

	}

	static class TakesCsrfToken {

		@PostPhase
		void work(CsrfToken value) {
		}

	}

	static class TakesPath {

		@PostPhase
		void work(Path value) {
		}

	}

	static class TakesRawEnum {

		@PostPhase
		@SuppressWarnings("rawtypes")
		void work(Enum value) {
		}

	}

	static class TakesIterableOfItself {

		@PostPhase
		void work(Nodes value) {
		}

	}

	interface Nodes extends List<Nodes> {

	}

	static class TakesHttpServletRequest {

		@PostPhase
		void work(HttpServletRequest value) {
		}

	}

	static class TakesServletRequest {

		@PostPhase
		void work(ServletRequest value) {
		}

	}

	static class TakesWebRequest {

		@PostPhase
		void work(WebRequest value) {
		}

	}

	static class TakesNativeWebRequest {

		@PostPhase
		void work(NativeWebRequest value) {
		}

	}

	static class TakesHttpServletResponse {

		@PostPhase
		void work(HttpServletResponse value) {
		}

	}

	static class TakesHttpSession {

		@PostPhase
		void work(HttpSession value) {
		}

	}

	static class TakesInputStream {

		@PostPhase
		void work(InputStream value) {
		}

	}

	static class TakesServletInputStream {

		@PostPhase
		void work(ServletInputStream value) {
		}

	}

	static class TakesOutputStream {

		@PostPhase
		void work(OutputStream value) {
		}

	}

	static class TakesReader {

		@PostPhase
		void work(Reader value) {
		}

	}

	static class TakesBufferedReader {

		@PostPhase
		void work(BufferedReader value) {
		}

	}

	static class TakesWriter {

		@PostPhase
		void work(Writer value) {
		}

	}

	static class TakesModel {

		@PostPhase
		void work(Model value) {
		}

	}

	static class TakesModelMap {

		@PostPhase
		void work(ModelMap value) {
		}

	}

	static class TakesRedirectAttributes {

		@PostPhase
		void work(RedirectAttributes value) {
		}

	}

	static class TakesBindingResult {

		@PostPhase
		void work(BindingResult value) {
		}

	}

	static class TakesSseEmitter {

		@PostPhase
		void work(SseEmitter value) {
		}

	}

	static class TakesStreamingResponseBody {

		@PostPhase
		void work(StreamingResponseBody value) {
		}

	}

	static class TakesMultipartFile {

		@PostPhase
		void work(MultipartFile value) {
		}

	}

	static class TakesPart {

		@PostPhase
		void work(Part value) {
		}

	}

	static class TakesAfterResponse {

		@PostPhase
		void work(AfterResponse value) {
		}

	}

	static class TakesArrayOfMultipartFiles {

		@PostPhase
		void work(MultipartFile[] value) {
		}

	}

	static class TakesListOfMultipartFiles {

		@PostPhase
		void work(List<MultipartFile> value) {
		}

	}

	static class TakesMapOfMultipartFiles {

		@PostPhase
		void work(Map<String, MultipartFile> value) {
		}

	}

	static class TakesOptionalMultipartFile {

		@PostPhase
		void work(Optional<MultipartFile> value) {
		}

	}

	static class TakesMultiValueMapOfParts {

		@PostPhase
		void work(MultiValueMap<String, Part> value) {
		}

	}

	static class TakesSupplierOfMultipartFile {

		@PostPhase
		void work(Supplier<MultipartFile> value) {
		}

	}

	static class TakesForm {

		@PostPhase
		void work(Form value) {
		}

		public static class Form {

			private List<MultipartFile> files = List.of();

			public List<MultipartFile> getFiles() {
				return this.files;
			}

			public void setFiles(List<MultipartFile> files) {
				this.files = files;
			}

		}

	}

	static class TakesFormRecord {

		@PostPhase
		void work(Form value) {
		}

		record Form(String name, MultipartFile file) {
		}

	}

}
