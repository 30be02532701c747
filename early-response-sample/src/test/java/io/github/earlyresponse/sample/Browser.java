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

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

import org.springframework.core.io.ClassPathResource;

/**
 * Headless Chromium, as it is installed here: nothing is downloaded.
 */
final class Browser implements AutoCloseable {

	private static final Path SCREENSHOTS = Path.of("target", "screenshots");

	private static final @Nullable Path program = onPath("chromium", "chromium-browser", "google-chrome",
			"google-chrome-stable");

	private static final @Nullable Path driverProgram = onPath("chromedriver");

	private final ChromeDriver driver;

	/**
	 * Starts the browser.
	 * @param downloads where it puts what is downloaded
	 */
	Browser(Path downloads) {
		ChromeDriverService service = new ChromeDriverService.Builder().usingDriverExecutable(driverProgram.toFile())
			.usingAnyFreePort()
			.build();
		this.driver = new ChromeDriver(service, options());
		cdp("Browser.setDownloadBehavior", Map.of("behavior", "allow", "downloadPath", downloads.toString()));
	}

	private static ChromeOptions options() {
		ChromeOptions options = new ChromeOptions();
		options.setBinary(program.toFile());
		// Containers have little shared memory, and forbid the sandbox, which the page of
		// the sample does not need
		options.addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
				"--no-first-run", "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
				"--lang=en");
		LoggingPreferences logs = new LoggingPreferences();
		logs.enable(LogType.BROWSER, Level.ALL);
		options.setCapability("goog:loggingPrefs", logs);
		return options;
	}

	private static @Nullable Path onPath(String... names) {
		return Stream.of(names)
			.flatMap((name) -> Stream.of(System.getenv("PATH").split(File.pathSeparator))
				.map((folder) -> Path.of(folder, name)))
			.filter(Files::isExecutable)
			.findFirst()
			.orElse(null);
	}

	/**
	 * Whether there is a browser and its driver.
	 */
	static boolean isInstalled() {
		return program != null && driverProgram != null;
	}

	/**
	 * Opens a page as if this were the first time.
	 */
	void open(String uri) {
		if (this.driver.getCurrentUrl().startsWith(uri)) {
			run("localStorage.clear()");
		}
		this.driver.get(uri);
	}

	void reload() {
		this.driver.navigate().refresh();
	}

	WebElement find(String selector) {
		return this.driver.findElement(By.cssSelector(selector));
	}

	List<WebElement> findAll(String selector) {
		return this.driver.findElements(By.cssSelector(selector));
	}

	WebElement focused() {
		return this.driver.switchTo().activeElement();
	}

	/**
	 * Presses keys, wherever the focus is.
	 */
	void press(CharSequence... keys) {
		new Actions(this.driver).sendKeys(keys).perform();
	}

	Object run(String script, Object... arguments) {
		return this.driver.executeScript(script, arguments);
	}

	void size(int width, int height, boolean phone) {
		cdp("Emulation.setDeviceMetricsOverride",
				Map.of("width", width, "height", height, "deviceScaleFactor", (phone) ? 2 : 1, "mobile", phone));
	}

	void dark(boolean dark) {
		cdp("Emulation.setEmulatedMedia",
				Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", (dark) ? "dark" : "light"),
						Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
	}

	void offline(boolean offline) {
		cdp("Network.enable", Map.of());
		cdp("Network.emulateNetworkConditions",
				Map.of("offline", offline, "latency", 0, "downloadThroughput", -1, "uploadThroughput", -1));
	}

	private void cdp(String command, Map<String, Object> parameters) {
		this.driver.executeCdpCommand(command, parameters);
	}

	/**
	 * What axe has against the page, a line for each violation.
	 */
	List<?> violations() throws IOException {
		run(new ClassPathResource("axe.min.js").getContentAsString(StandardCharsets.UTF_8));
		return (List<?>) this.driver.executeAsyncScript(
				"""
						const done = arguments[arguments.length - 1];
						axe.run(document).then((found) => done(found.violations.flatMap((violation) => violation.nodes.map(
								(node) => `${violation.id}: ${node.html} ${node.failureSummary}`))), (error) => done([String(error)]));
						""");
	}

	/**
	 * The errors in the console since it was last asked.
	 */
	List<String> errors() {
		return this.driver.manage()
			.logs()
			.get(LogType.BROWSER)
			.getAll()
			.stream()
			.filter((entry) -> entry.getLevel().intValue() >= Level.WARNING.intValue())
			.map(LogEntry::getMessage)
			.toList();
	}

	/**
	 * Keeps a picture of the whole page.
	 */
	void screenshot(String name) {
		int width = ((Number) run("return innerWidth")).intValue();
		boolean phone = width < 500;
		size(width, ((Number) run("return document.documentElement.scrollHeight")).intValue(), phone);
		try {
			Files.createDirectories(SCREENSHOTS);
			Files.write(SCREENSHOTS.resolve(name + ".png"), this.driver.getScreenshotAs(OutputType.BYTES));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		size(width, (phone) ? 740 : 1000, phone);
	}

	@Override
	public void close() {
		this.driver.quit();
	}

}
