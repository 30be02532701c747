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

package io.github.earlyresponse.test;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.ContinueOn;
import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.call.InvalidPostPhaseException;
import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.mock.web.MockMultipartFile;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestContextManager;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for post-phases whose beans are not part of a slice.
 */
@WebMvcTest
@Import(MissingPostPhaseTests.Branch.class)
@AutoConfigurePostPhases
class MissingPostPhaseTests {

	@Autowired
	private MockMvcTester mvc;

	@Autowired
	private PostPhases postPhases;

	@Test
	void postPhaseIsReplacedByWhatRecordsTheResultAndTheArguments() {
		assertThat(this.mvc.post().uri("/pack?item=plums&count=3")).hasStatusOk();
		assertThat(this.postPhases).ranOnly("pack", "present")
			.ran("pack")
			.times(1)
			.withOutcome(PostPhaseOutcome.COMPLETED)
			.withArguments("plums", new Ticket(7))
			.withArgumentsSatisfying(
					(arguments) -> assertThat(arguments).containsExactly(new Ticket(7), "plums", 3, null));
	}

	@Test
	void valuesOfACallAreRecorded() {
		assertThat(this.mvc.post().uri("/call")).hasStatusOk();
		assertThat(this.postPhases).ran("called")
			.withArgumentsSatisfying((arguments) -> assertThat(arguments).containsExactly("a", 1, null));
		assertThat(this.postPhases).ran("array")
			.withArgumentsSatisfying(
					(arguments) -> assertThat(arguments).singleElement().isEqualTo(new String[] { "b", "c" }));
		assertThat(this.postPhases).ran("alone").withArgumentsSatisfying((none) -> assertThat(none).isEmpty());
	}

	@Test
	void whatFollowsAFailureHasNoResult() {
		assertThat(this.mvc.post().uri("/fail?item=plums")).hasFailed();
		assertThat(this.postPhases).ranOnly("failed")
			.ran("failed")
			.withArgumentsSatisfying((arguments) -> assertThat(arguments).containsExactly(null, "plums"));
	}

	@Test
	void whatIsSkippedDoesNotRun() {
		assertThat(this.mvc.post().uri("/conflict")).hasStatus(HttpStatus.CONFLICT);
		assertThat(this.postPhases).didNotRun("skipped").ranNothing();
	}

	@Test
	void resultOfAnAsyncHandlerIsRecorded() {
		assertThat(this.mvc.post().uri("/later")).hasStatusOk();
		assertThat(this.postPhases).ran("later").withArguments("at last");
	}

	@Test
	void valueThatWasSentIsRecorded() {
		assertThat(this.mvc.post().uri("/send")).hasStatusOk();
		assertThat(this.postPhases).ran("sent").withArguments("sent");
	}

	@Test
	void uploadIsRecordedWithItsName() {
		MockMultipartFile file = new MockMultipartFile("file", "notes.txt", null,
				"notes".getBytes(StandardCharsets.UTF_8));
		assertThat(this.mvc.post().uri("/upload").multipart().file(file)).hasStatusOk();
		assertThat(this.postPhases).ran("upload")
			.withArgumentsSatisfying((arguments) -> assertThat(arguments).filteredOn(MultipartFile.class::isInstance)
				.singleElement()
				.extracting((upload) -> ((MultipartFile) upload).getOriginalFilename())
				.isEqualTo("notes.txt"));
	}

	@Test
	void messageTellsWhatWasOffered() {
		assertThat(this.mvc.post().uri("/pack?item=plums&count=3")).hasStatusOk();
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> assertThat(this.postPhases).ran("pack").withArguments("pears"))
			.withMessageContaining("to have been offered [pears]")
			.withMessageContaining("replaced, was offered [Ticket[id=7], plums, 3, null]");
	}

	@Test
	void argumentsOfOthersAreNotKnown() {
		assertThat(this.mvc.post().uri("/pack?item=plums&count=3")).hasStatusOk();
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> assertThat(this.postPhases).ran("present").withArguments("plums"))
			.withMessageContaining("what others took is not recorded");
	}

	@Test
	void applicationStillFailsWithoutThePostPhase() {
		SpringApplication application = new SpringApplication(Shop.class, Branch.class);
		assertThatExceptionOfType(InvalidPostPhaseException.class)
			.isThrownBy(() -> application.run("--server.port=0", "--spring.jmx.enabled=false"))
			.withMessageContaining("which does not exist")
			.withMessageNotContaining("slice");
	}

	@Test
	void sliceFailsWhereThatIsSwitchedOff() {
		TestContext slice = new TestContextManager(SwitchedOff.class).getTestContext();
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(slice::getApplicationContext)
			.havingRootCause()
			.isInstanceOf(InvalidPostPhaseException.class)
			.withMessageContaining("which does not exist")
			.withMessageContaining("This is a test slice");
	}

	@WebMvcTest(properties = "early-response.test.replace-missing=off")
	@Import(Branch.class)
	static class SwitchedOff {

	}

	record Ticket(int id) {

	}

	/**
	 * Tests of a nested class.
	 */
	@Nested
	@AutoConfigurePostPhases
	class InlineTests {

		@Test
		void holds(@Autowired MockMvcTester mvc, @Autowired PostPhases postPhases) {
			assertThat(mvc.post().uri("/call")).hasStatusOk();
			assertThat(postPhases).ranOnly("called", "alone", "array");
		}

	}

	@RestController
	static class Branch {

		@PostMapping("/pack")
		@RespondThenContinue({ "pack", "present" })
		ResponseEntity<Ticket> pack(HttpServletRequest request, @RequestParam String item, @RequestParam int count,
				@RequestParam(required = false) String note) {
			return ResponseEntity.ok(new Ticket(7));
		}

		@PostPhase("present")
		void present(String item) {
		}

		@PostMapping("/call")
		@RespondThenContinue
		String call(AfterResponse after) {
			after.call("called", "a", 1, null);
			after.call("alone");
			after.call("array", (Object[]) new String[] { "b", "c" });
			return "called";
		}

		@PostMapping("/fail")
		@RespondThenContinue(then = "failed", on = ContinueOn.FAILURE)
		String fail(@RequestParam String item) {
			throw new IllegalStateException("no");
		}

		@PostMapping("/conflict")
		@RespondThenContinue("skipped")
		ResponseEntity<Void> conflict() {
			return ResponseEntity.status(HttpStatus.CONFLICT).build();
		}

		@PostMapping("/later")
		@RespondThenContinue("later")
		Callable<String> later() {
			return () -> "at last";
		}

		@PostMapping("/send")
		@RespondThenContinue("sent")
		void send(EarlyResponse<String> early) {
			early.send("sent");
		}

		@PostMapping("/upload")
		@RespondThenContinue("upload")
		String upload(@RequestParam MultipartFile file) {
			return "uploaded";
		}

	}

}
