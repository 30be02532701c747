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

package io.github.earlyresponse.sample;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

import com.icegreen.greenmail.store.FolderException;
import com.icegreen.greenmail.util.GreenMail;
import io.github.earlyresponse.PostPhaseOperations;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.support.ui.Select;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page in a real browser. Pictures of it are in {@code target/screenshots}.
 */
@EnabledIf(value = "io.github.earlyresponse.sample.Browser#isInstalled",
		disabledReason = "there is no Chromium with its driver: install chromium and chromium-driver")
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "early-response.status.event-interval=50ms", "sample.node=node-1" })
@AutoConfigureRestTestClient
@Import(HeldWork.class)
class BrowserTests {

	private static final int MB = 1024 * 1024;

	private static final String DROP = """
			const dataTransfer = new DataTransfer();
			dataTransfer.items.add(new File([arguments[1]], arguments[0]));
			document.getElementById("drop").dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true,
				cancelable: true }));""";

	@TempDir
	private static Path folder;

	private static Path downloads;

	private static Browser browser;

	@LocalServerPort
	private int port;

	@Autowired
	private RestTestClient client;

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private GreenMail mailServer;

	@Autowired
	private GatedMailSender mails;

	@Autowired
	private HeldWork work;

	@Autowired
	private Outage outage;

	@Autowired
	private PostPhaseOperations postPhases;

	@DynamicPropertySource
	static void exportDirectory(DynamicPropertyRegistry properties) {
		properties.add("sample.export.directory", () -> folder.resolve("archives"));
	}

	@BeforeAll
	static void startBrowser() throws IOException {
		downloads = Files.createDirectory(folder.resolve("downloads"));
		browser = new Browser(downloads);
	}

	@AfterAll
	static void closeBrowser() {
		browser.close();
	}

	@BeforeEach
	void openPage() throws FolderException {
		this.mailServer.purgeEmailFromAllMailboxes();
		this.mails.close();
		browser.size(1360, 1000, false);
		browser.dark(false);
		browser.offline(false);
		browser.open("http://localhost:" + this.port + "/");
		await()
			.until(() -> button("#campaign").equals("Send 2,000 letters") && button("#export").equals("Pack 3 files"));
		browser.errors();
	}

	@AfterEach
	void letGo() throws InterruptedException {
		this.postPhases.inFlight().forEach((postPhase) -> this.postPhases.cancel(postPhase.id()));
		this.mails.open();
		this.work.proceed();
		this.outage.end();
		assertThat(this.postPhases.awaitIdle(Duration.ofSeconds(30))).isTrue();
		assertThat(browser.errors()).isEmpty();
	}

	@Test
	void campaignIsAnsweredFollowedAndCounted() {
		sendCampaign("At the till", 600);
		assertThat(card(".answered").getText()).matches("<?\\d+ ms|\\d\\.\\d s");
		assertThat(card("dt").getText()).isEqualTo("until the answer of node-1");
		await().until(() -> browser.find("#node").getText().equals("node-1"));
		for (int sent = 150; sent < 600; sent += 150) {
			this.mails.letThrough(5);
			awaitProgress(sent);
			assertThat(card(".amount").getText()).isEqualTo(sent + " of 600 letters");
			assertThat(card(".message").getText()).startsWith("node-1: ");
		}
		browser.screenshot("campaign-running");
		this.mails.open();
		awaitState("Done");
		await().until(() -> card(".result").getText().startsWith("588 letters sent, 12 failed"));
		assertThat(card(".nodes").getText()).isEqualTo("Sent by node-1 (600)");
		assertThat(resource()).containsEntry("state", "COMPLETED")
			.containsEntry("sent", 588)
			.containsEntry("failed", 12);
		assertThat(this.mailServer.getReceivedMessages()).hasSize(588);
		card("summary").click();
		await().until(() -> browser.findAll(".card details li").size() == 12);
		assertThat(browser.find(".card details").getText()).contains("@example.com");
		// Drawn in the next interval of two seconds
		for (String mark : List.of(".area", ".bars", ".dots", ".work")) {
			await().until(() -> !browser.findAll(".plot " + mark + "[d]:not([d=''])").isEmpty());
		}
		browser.screenshot("campaign-done");
	}

	@Test
	void archiveOfDocumentsAndFilesIsFetched() throws IOException {
		Path file = Files.writeString(folder.resolve("plums.txt"), "The plums are early.");
		browser.find("#files").sendKeys(file.toString());
		drop("plums.txt", "So are the pears.");
		await().until(() -> button("#export").equals("Pack 5 files"));
		submit("#export");
		awaitState("Done");
		await().until(() -> !browser.findAll(".card a[download]").isEmpty());
		assertThat(card(".nodes").getText()).isEqualTo("Packed by node-1");
		browser.screenshot("export-done");
		card("a[download]").click();
		await().until(() -> downloaded().size() == 1);
		assertThat(unzip(downloaded().get(0))).containsOnly(document("care-instructions.md"), document("catalogue.md"),
				document("knife-sharpening-guide.md"), Map.entry("plums.txt", "The plums are early."),
				Map.entry("plums (2).txt", "So are the pears."));
		assertThat(browser.findAll("#chosen li")).isEmpty();
	}

	@Test
	void reloadBringsBackWhatRunsAndWhatHasEnded() {
		submit("#export");
		awaitState("Done");
		type("#limit", "200");
		sendCampaign("At the till", 200);
		this.mails.letThrough(4);
		awaitProgress(40);
		String answered = card(".answered").getText();
		browser.reload();
		awaitProgress(40);
		assertThat(card(".answered").getText()).isEqualTo(answered);
		assertThat(browser.findAll(".card")).hasSize(2);
		await().until(() -> browser.findAll(".card [download]").size() == 1);
		this.mails.letThrough(4);
		awaitProgress(80);
		this.mails.open();
		awaitState("Done");
		browser.find("#clear").click();
		await().until(() -> browser.findAll(".card").isEmpty());
		browser.reload();
		assertThat(browser.find("#nothing").isDisplayed()).isTrue();
	}

	@Test
	void campaignIsCancelled() {
		sendCampaign("At the till", 600);
		this.mails.letThrough(4);
		awaitProgress(120);
		card("button").click();
		awaitState("Cancelling");
		this.mails.letThrough(1);
		awaitState("Cancelled");
		await().until(() -> card(".result").getText().startsWith("147 letters sent, 3 failed, 450 not tried"));
		assertThat(resource()).containsEntry("state", "CANCELLED").containsEntry("pending", 450);
	}

	@Test
	void fourAreFollowedAtOnce() {
		for (int i = 1; i <= 4; i++) {
			int cards = i;
			type("#limit", "20");
			submit("#campaign");
			await().until(() -> browser.findAll(".card").size() == cards);
		}
		this.mails.letThrough(30);
		await().until(() -> browser.findAll("#running li").size() == 4);
		await().untilAsserted(() -> assertThat(browser.run("""
				return performance.getEntriesByType("resource")
					.filter((entry) => /post-phases\\/[^/]+$/.test(entry.name)).length""")).as("polled")
			.isNotEqualTo(0L));
		browser.screenshot("four-running");
		this.mails.open();
		await().until(() -> browser.findAll(".card[data-state=completed]").size() == 4);
	}

	@Test
	void refusalsAreShownAtTheirForms() throws Exception {
		type("#subject", " ");
		submit("#campaign");
		awaitProblem("#campaign", "Subject must not be blank.");
		assertThat(browser.focused().getDomAttribute("id")).isEqualTo("subject");
		assertThat(browser.focused().getDomAttribute("aria-invalid")).isEqualTo("true");
		// With what is around them they are a little more than 25 MB
		choose(file("a.bin", 10 * MB), file("b.bin", 10 * MB), file("c.bin", 5 * MB));
		submit("#export");
		awaitProblem("#export", "The files are too large: each may have up to 10 MB, all together up to 25 MB.");
		browser.screenshot("refused");
		assertThat(browser.errors()).hasSize(2)
			.anyMatch((error) -> error.contains("status of 400"))
			.anyMatch((error) -> error.contains("status of 413"));
	}

	@Test
	void filesThatCannotBeSentAreSaidAtTheForm() throws IOException {
		Path gone = file("gone.txt", 9);
		choose(gone);
		Files.delete(gone);
		submit("#export");
		awaitProblem("#export", "“gone.txt” cannot be read. It was changed, moved or deleted, or is a folder.");
		browser.find("#chosen button").click();
		choose(file("large.bin", 10 * MB + 1));
		submit("#export");
		awaitProblem("#export", "The files are too large: each may have up to 10 MB, all together up to 25 MB.");
		assertThat(browser.findAll(".card")).isEmpty();
	}

	@Test
	void filesThatAreAddedDuringTheUploadAreKept() throws IOException {
		choose(file("first.txt", 9));
		browser.run("document.querySelector('#export .primary').click();" + DROP, "second.txt", "Late");
		await().until(() -> browser.findAll(".card").size() == 1);
		assertThat(card("h3").getText()).isEqualTo("Archive of 4 files");
		assertThat(browser.findAll("#chosen .name")).extracting(WebElement::getText).containsExactly("second.txt");
		awaitState("Done");
	}

	@Test
	void windowsShareTheConnectionsOfTheBrowser() {
		for (int i = 1; i <= 3; i++) {
			type("#limit", "20");
			sendCampaign("At the till", 20);
		}
		browser.run("""
				window.other = document.createElement("iframe");
				other.src = location.href;
				document.body.append(other)""");
		await().until(() -> otherWindow("doc.querySelectorAll('.card').length").equals(3L));
		await().until(() -> otherWindow("doc.querySelector('#export .primary').textContent").equals("Pack 3 files"));
		otherWindow("doc.querySelector('#export .primary').click()");
		await().until(() -> otherWindow("doc.querySelectorAll('.card').length").equals(4L));
		this.mails.open();
		await().until(() -> otherWindow("doc.querySelectorAll('.card[data-state=completed]').length").equals(4L));
	}

	@Test
	void resultIsShownWhenTheServerHasItAgain() {
		this.outage.begin();
		submit("#export");
		awaitState("Done");
		await().until(this.outage::wasMet);
		this.outage.end();
		await().until(() -> card("a[download]").getText().startsWith("Fetch the ZIP"));
		this.outage.begin();
		forgetStatus("delete entry.end");
		await().until(this.outage::wasMet);
		assertThat(card(".state").getText()).isEqualTo("Waiting");
		this.outage.end();
		awaitState("Done");
		await().until(() -> card("a[download]").getText().startsWith("Fetch the ZIP"));
		assertThat(browser.errors()).isNotEmpty().allMatch((error) -> error.matches("(?s).*status of (404|503).*"));
	}

	@Test
	void interruptedCampaignGoesOn() {
		browser.run("""
				window.EventSource = class {
					constructor() { setTimeout(() => this.onerror()); }
					addEventListener() {}
					close() {}
				}""");
		sendCampaign("At the till", 600);
		this.mails.letThrough(1);
		awaitProgress(30);
		// As if the server had been killed and had not taken it over yet
		browser.run("""
				window.fetchAll = window.fetch;
				window.fetch = (path, options) => path.startsWith("post-phases/")
					? Promise.resolve(new Response("", { status: 404 })) : fetchAll(path, options)""");
		awaitState("Interrupted");
		assertThat(card(".message").getText()).isEqualTo("It is stored, and goes on in a moment.");
		assertThat(card("button").isEnabled()).isFalse();
		browser.screenshot("interrupted");
		browser.run("window.fetch = window.fetchAll");
		awaitState("Running");
		assertThat(card("button").isEnabled()).isTrue();
		this.jdbc.sql("update campaign set attempt = 2, resumed_from = 1241").update();
		this.mails.open();
		awaitState("Done");
		await().until(() -> card(".resumed").getText().equals("Attempt 2, from letter 1,241"));
	}

	@Test
	void cancelledInTheQueueStaysCancelled() {
		for (int i = 1; i <= 5; i++) {
			type("#limit", "20");
			sendCampaign("At the till", 20);
		}
		await().until(() -> browser.findAll("#running li").size() == 5);
		card("button").click();
		awaitState("Cancelled");
		forgetStatus("");
		awaitState("Cancelled");
		assertThat(resource()).containsEntry("state", "CANCELLED").containsEntry("pending", 20);
		assertThat(browser.errors()).isNotEmpty().allMatch((error) -> error.contains("status of 404"));
	}

	@Test
	void cancellationThatFailsIsSaid() {
		sendCampaign("At the till", 600);
		this.mails.letThrough(1);
		awaitProgress(30);
		browser.offline(true);
		card("button").click();
		await().until(() -> card(".problem").getText()
			.equals("Cancelling failed. The server cannot be reached, or went away before it answered."));
		assertThat(card(".state").getText()).isEqualTo("Running");
		browser.offline(false);
		card("button").click();
		awaitState("Cancelling");
		this.mails.letThrough(1);
		awaitState("Cancelled");
		assertThat(browser.findAll(".card .problem")).isEmpty();
		assertThat(browser.errors()).allMatch((error) -> error.contains("ERR_INTERNET_DISCONNECTED"));
	}

	@Test
	void fullServerSaysWhenToTryAgain() throws Exception {
		fill();
		await().until(() -> browser.find("#capacity").getText().startsWith("of 54 in flight, 50 waiting"));
		submit("#campaign");
		await().until(() -> browser.find("#campaign .problem").getText().endsWith("Try again in a second."));
		browser.screenshot("full");
		assertThat(browser.findAll(".card")).isEmpty();
		assertThat(browser.errors()).singleElement().matches((error) -> error.contains("status of 503"));
		this.work.proceed();
		assertThat(this.postPhases.awaitIdle(Duration.ofSeconds(30))).isTrue();
		sendCampaign("Trade", 400);
	}

	@Test
	void whatTheServerHasForgottenIsSaid() {
		browser.run("""
				localStorage.setItem("copperleaf.sent", JSON.stringify([{ key: "0123456789abcdef0123456789abcdef",
					kind: "campaign", title: "Long ago", answered: 9, at: 0,
					location: "/campaigns/6f0c0f4e-8a5f-4a39-9c2f-000000000000" }]))""");
		browser.reload();
		awaitState("Forgotten");
		assertThat(browser.errors()).isNotEmpty().allMatch((error) -> error.contains("404"));
	}

	@Test
	void lostServerIsSaidAndFoundAgain() {
		type("#limit", "20");
		sendCampaign("Online", 20);
		browser.offline(true);
		await().until(() -> browser.find("#connection").getText().startsWith("The server cannot be reached"));
		submit("#export");
		awaitProblem("#export", "The server cannot be reached, or went away before it answered.");
		browser.offline(false);
		await().until(() -> browser.find("#connection").getText().equals("The server is back."));
		this.mails.open();
		awaitState("Done");
		assertThat(browser.errors()).allMatch((error) -> error.contains("ERR_INTERNET_DISCONNECTED"));
	}

	@Test
	void formsWorkWithTheKeyboard() {
		tabTo((element) -> "subject".equals(element.getDomAttribute("id")));
		browser.press("Pears", Keys.ENTER);
		await().until(() -> browser.findAll(".card").size() == 1);
		assertThat(card("h3").getText()).isEqualTo("“Pears” to 2,000 customers");
		tabTo((element) -> "catalogue.md".equals(element.getDomAttribute("value")));
		browser.press(Keys.SPACE);
		tabTo((element) -> "files".equals(element.getDomAttribute("id")));
		tabTo((element) -> element.getText().equals("Pack 2 files"));
		browser.press(Keys.ENTER);
		await().until(() -> browser.findAll(".card[data-state=completed]").size() == 1);
		tabTo((element) -> element.getText().startsWith("Fetch the ZIP"));
		tabTo((element) -> element.getText().equals("Cancel"));
		browser.press(Keys.ENTER);
		this.mails.letThrough(1);
		await().until(() -> browser.findAll(".card[data-state=cancelled]").size() == 1);
		await().until(() -> browser.find("#announcer")
			.getDomProperty("textContent")
			.contains("“Pears” to 2,000 customers: Cancelled."));
	}

	@Test
	void phoneShowsEverythingWithoutScrollingSideways() throws IOException {
		browser.size(360, 740, true);
		browser.find("#files")
			.sendKeys(Files.writeString(folder.resolve("a-name-".repeat(20) + ".txt"), "long").toString());
		submit("#export");
		awaitState("Done");
		sendCampaign("At the till", 600);
		this.mails.letThrough(7);
		awaitProgress(210);
		assertThat((Long) browser.run("return document.documentElement.scrollWidth")).isLessThanOrEqualTo(360);
		assertThat(browser.violations()).isEmpty();
		browser.screenshot("phone");
		browser.dark(true);
		browser.screenshot("phone-dark");
	}

	@Test
	void pageIsAccessibleInLightAndDark() throws IOException {
		submit("#export");
		awaitState("Done");
		type("#limit", "20");
		sendCampaign("At the till", 20);
		this.mails.open();
		awaitState("Done");
		this.mails.close();
		type("#limit", "600");
		sendCampaign("At the till", 600);
		this.mails.letThrough(7);
		awaitProgress(210);
		type("#subject", " ");
		submit("#campaign");
		awaitProblem("#campaign", "Subject must not be blank.");
		assertThat(browser.errors()).hasSize(1);
		assertThat(browser.violations()).isEmpty();
		browser.screenshot("light");
		browser.dark(true);
		assertThat(browser.run("return getComputedStyle(document.documentElement).backgroundColor"))
			.isEqualTo("rgb(16, 20, 19)");
		assertThat(browser.violations()).isEmpty();
		browser.screenshot("dark");
	}

	@Test
	@EnabledIfSystemProperty(named = "sample.picture", matches = "true",
			disabledReason = "it takes a minute until the charts are full")
	void pictureForTheReadme() throws IOException {
		this.mails.open();
		for (int round = 0; samples() < 50; round++) {
			for (int i = 0; i <= round % 6; i++) {
				type("#limit", String.valueOf(100 + 70 * round % 500));
				submit("#campaign");
			}
			submit("#export");
			await().until(() -> browser.findAll(".card:not([data-state=completed])").isEmpty());
			browser.find("#clear").click();
		}
		submit("#export");
		awaitState("Done");
		await().until(() -> !browser.findAll(".card a[download]").isEmpty());
		this.mails.close();
		type("#limit", "600");
		sendCampaign("At the till", 600);
		this.mails.letThrough(13);
		awaitProgress(390);
		int samples = samples();
		await().until(() -> samples() > samples);
		browser.run("document.activeElement.blur()");
		browser.screenshot("picture");
	}

	/**
	 * How many are in the chart.
	 */
	private static int samples() {
		String line = browser.find(".plot .area").getDomAttribute("d");
		return (line != null) ? line.split("L").length : 0;
	}

	private static ConditionFactory await() {
		// A card is exchanged for another one on a reload
		return Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.pollInterval(Duration.ofMillis(30))
			.ignoreExceptionsInstanceOf(StaleElementReferenceException.class)
			.ignoreExceptionsInstanceOf(NoSuchElementException.class);
	}

	private void sendCampaign(String segment, int customers) {
		int cards = browser.findAll(".card").size();
		new Select(browser.find("#segment")).selectByVisibleText(segment);
		if (customers > 0) {
			await().until(() -> button("#campaign").equals("Send " + customers + " letters"));
		}
		submit("#campaign");
		await().until(() -> browser.findAll(".card").size() == cards + 1);
	}

	private static void submit(String form) {
		browser.find(form + " .primary").click();
	}

	private static void type(String field, String text) {
		browser.find(field).clear();
		browser.find(field).sendKeys(text);
	}

	private static void drop(String name, String content) {
		browser.run(DROP, name, content);
	}

	private static void choose(Path... files) {
		browser.find("#files").sendKeys(Stream.of(files).map(Path::toString).collect(Collectors.joining("\n")));
		await().until(() -> browser.findAll("#chosen li").size() == files.length);
	}

	private static Path file(String name, int size) throws IOException {
		return Files.write(folder.resolve(name), new byte[size]);
	}

	/**
	 * Comes back when the server has forgotten the status of the newest.
	 */
	private static void forgetStatus(String change) {
		browser.run("""
				const [entry, ...others] = JSON.parse(localStorage["copperleaf.sent"]);
				entry.key = "0123456789abcdef0123456789abcdef";
				%s
				localStorage["copperleaf.sent"] = JSON.stringify([entry, ...others])""".formatted(change));
		browser.reload();
	}

	private static Object otherWindow(String expression) {
		return browser.run("const doc = other.contentDocument; return " + expression);
	}

	private static String button(String form) {
		return browser.find(form + " .primary").getText();
	}

	/**
	 * Something in the newest card.
	 */
	private static WebElement card(String selector) {
		return browser.find(".card:first-child " + selector);
	}

	private static void awaitState(String state) {
		await().until(() -> card(".state").getText().equals(state));
	}

	private static void awaitProgress(int done) {
		await().until(() -> String.valueOf(done).equals(card("progress").getDomProperty("value")));
	}

	private static void awaitProblem(String form, String problem) {
		await().until(() -> browser.find(form + " .problem").getText().equals(problem));
	}

	private static void tabTo(Predicate<WebElement> wanted) {
		for (int i = 0; i < 60; i++) {
			browser.press(Keys.TAB);
			if (wanted.test(browser.focused())) {
				return;
			}
		}
		throw new AssertionError("The keyboard does not get there");
	}

	/**
	 * The newest of what was sent, as its own resource tells it.
	 */
	@SuppressWarnings("unchecked")
	private Map<String, Object> resource() {
		String location = (String) browser.run("return JSON.parse(localStorage[\"copperleaf.sent\"])[0].location");
		return this.client.get().uri(location).exchange().expectBody(Map.class).returnResult().getResponseBody();
	}

	private void fill() throws Exception {
		HttpClient http = HttpClient.newHttpClient();
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + "/held"))
			.POST(BodyPublishers.noBody())
			.build();
		this.work.hold();
		while (http.send(request, BodyHandlers.discarding()).statusCode() != 503) {
			assertThat(this.postPhases.inFlight()).hasSizeLessThanOrEqualTo(this.postPhases.capacity());
		}
	}

	private static List<Path> downloaded() throws IOException {
		try (Stream<Path> files = Files.list(downloads)) {
			return files.filter((file) -> file.toString().endsWith(".zip")).toList();
		}
	}

	private static Map<String, String> unzip(Path archive) throws IOException {
		Map<String, String> entries = new TreeMap<>();
		try (InputStream file = Files.newInputStream(archive); ZipInputStream zip = new ZipInputStream(file)) {
			for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
				entries.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
			}
		}
		return entries;
	}

	private static Map.Entry<String, String> document(String name) throws IOException {
		return Map.entry(name, new ClassPathResource("documents/" + name).getContentAsString(StandardCharsets.UTF_8));
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class Configuration implements WebMvcConfigurer {

		private final Outage outage = new Outage();

		@Override
		public void addInterceptors(InterceptorRegistry registry) {
			registry.addInterceptor(this.outage).addPathPatterns("/campaigns/*", "/exports/*");
		}

		@Bean
		Outage outage() {
			return this.outage;
		}

		@Bean
		@Primary
		GatedMailSender gatedMailSender(GreenMail mailServer) {
			return new GatedMailSender(mailServer);
		}

	}

	/**
	 * As if something before the server could not reach it, for what was accepted.
	 */
	static class Outage implements HandlerInterceptor {

		private volatile boolean present;

		private volatile boolean met;

		void begin() {
			this.met = false;
			this.present = true;
		}

		boolean wasMet() {
			return this.met;
		}

		void end() {
			this.present = false;
		}

		@Override
		public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
			boolean absent = !this.present;
			if (!absent) {
				this.met = true;
				response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
			}
			return absent;
		}

	}

}
