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

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.earlyresponse.autoconfigure.EarlyResponseProperties;
import io.github.earlyresponse.micrometer.PostPhaseMeterDocumentation;
import io.micrometer.common.docs.KeyName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;

import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.PropertiesPropertySourceLoader;
import org.springframework.boot.env.PropertySourceLoader;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What README.md and docs/*.md say is true: their code compiles, their properties,
 * commands and meters exist. The sample runs their {@code curl} commands and knows their
 * metrics.
 */
class DocumentationTests {

	private static final Set<String> CHECKED = Set.of("java", "yaml", "properties", "xml", "shell", "json");

	/**
	 * Languages that nothing here can run, for drawings, for comparison and for what is
	 * logged.
	 */
	private static final Set<String> UNCHECKED = Set.of("mermaid", "php", "text");

	private static final String LIBRARY = "io.github.earlyresponse.";

	private static final String STARTER = "early-response-starter";

	private static final String TEST_KIT = "early-response-test";

	private static final String SAMPLE = "early-response-sample";

	private static final String JDBC = "early-response-jdbc";

	/** What these tests do as well. */
	private static final String KILL = "pkill -9 -f SampleApplication";

	private static final String KILL_TESTS = SAMPLE + "/src/test/java/io/github/earlyresponse/sample/KillTests.java";

	/** Checked in that module. */
	private static final String JDBC_KEYS = "early-response.jdbc.";

	private static final Pattern KEY = Pattern.compile("`(early-response\\.[a-z.-]*[a-z])(=[^`]*)?`");

	private static final Pattern TEST_CLASS = Pattern.compile("`(\\w+Tests)\\b[^`]*`");

	private static final Pattern LINK = Pattern.compile("\\[[^]]+]\\(([^)]+)\\)");

	private static final List<JavaText> sources = Stream
		.of(STARTER + "/src/test/java", TEST_KIT + "/src/test/java", JDBC + "/src/test/java", SAMPLE + "/src/main/java",
				SAMPLE + "/src/test/java")
		.flatMap((folder) -> Documentation.files(folder, ".java").stream())
		.map((file) -> JavaText.of(Documentation.read(file)))
		.toList();

	private static final ConfigurationKeys keys = ConfigurationKeys.ofClassPath();

	private static final ConfigurationKeys testKeys = ConfigurationKeys.ofModule(TEST_KIT);

	static Stream<CodeBlock> javaBlocks() {
		return Documentation.blocks("java");
	}

	static Stream<CodeBlock> configurationBlocks() {
		return Documentation.blocks("yaml", "properties");
	}

	static Stream<String> commands() {
		return Documentation.blocks("shell").flatMap((block) -> block.lines().stream());
	}

	static Stream<Path> pages() {
		return Documentation.pages().stream();
	}

	@Test
	void languagesOfAllBlocksAreKnown() {
		assertThat(pages().flatMap((page) -> CodeBlock.in(page).stream()))
			.allMatch((block) -> CHECKED.contains(block.language()) || UNCHECKED.contains(block.language()));
	}

	@ParameterizedTest
	@MethodSource("javaBlocks")
	void javaIsPartOfWhatIsCompiled(CodeBlock block) {
		JavaText code = JavaText.of(block.text());
		assertThat(sources.stream().anyMatch(code::isIn)).as(block.text()).isTrue();
	}

	/**
	 * So that a reader can paste it: the imports of Spring are left to the IDE.
	 */
	@ParameterizedTest
	@MethodSource("pages")
	void typesOfTheLibraryAreImportedWhereAPageNamesThemFirst(Path page) {
		Set<String> imported = new HashSet<>();
		for (CodeBlock block : CodeBlock.in(page)) {
			JavaText code = JavaText.of(block.text());
			imported.addAll(code.imports());
			if (block.language().equals("java")) {
				assertThat(libraryTypes(code)).as(block.toString()).isSubsetOf(imported);
			}
		}
	}

	private static Stream<String> libraryTypes(JavaText code) {
		return sources.stream()
			.filter(code::isIn)
			.limit(1)
			.flatMap((source) -> source.imports().stream())
			.filter((name) -> name.startsWith(LIBRARY) && !name.startsWith(LIBRARY + "documentation."))
			.filter(code::names);
	}

	@ParameterizedTest
	@MethodSource("configurationBlocks")
	void configurationCanBeBoundAndItsKeysExist(CodeBlock block) throws IOException {
		List<PropertySource<?>> configuration = load(block);
		new Binder(ConfigurationPropertySources.from(configuration)).bindOrCreate("early-response",
				Bindable.of(EarlyResponseProperties.class), new NoUnboundElementsBindHandler(BindHandler.DEFAULT));
		assertThat(configuration.stream()
			.flatMap((source) -> Stream.of(((EnumerablePropertySource<?>) source).getPropertyNames()))).isNotEmpty()
			.allMatch(keys::contains);
	}

	private static List<PropertySource<?>> load(CodeBlock block) throws IOException {
		PropertySourceLoader loader = (block.language().equals("yaml")) ? new YamlPropertySourceLoader()
				: new PropertiesPropertySourceLoader();
		return loader.load(block.toString(), new ByteArrayResource(block.text().getBytes(StandardCharsets.UTF_8)));
	}

	@ParameterizedTest
	@MethodSource("pages")
	void keysInTheTextExist(Path page) {
		assertThat(KEY.matcher(Documentation.read(page)).results().map((match) -> match.group(1)))
			.allMatch((key) -> keys.contains(key) || keys.containsBelow(key) || testKeys.contains(key)
					|| key.startsWith(JDBC_KEYS));
	}

	@ParameterizedTest
	@ValueSource(strings = { "README.md", "docs/configuration.md" })
	void tablesHaveAllPropertiesWithTheirDefaults(String page) {
		Map<String, String> documented = new TreeMap<>();
		Documentation.rows(page, "early-response.")
			.forEach((row) -> documented.put(code(row.get(0)), row.get(1).replace("`", "")));
		Map<String, String> defaults = keys.defaults("early-response.");
		assertThat(documented).containsOnlyKeys(defaults.keySet());
		assertThat(defaults.entrySet().stream().filter((entry) -> !entry.getValue().isEmpty()))
			.allMatch((entry) -> entry.getValue().equals(documented.get(entry.getKey())));
	}

	@Test
	void tableHasAllMetersWithTheirTags() {
		List<String> documented = Documentation.rows("README.md", "early.response.")
			.stream()
			.map((row) -> row.get(0) + " " + row.get(1) + " [" + row.get(2) + "]")
			.toList();
		assertThat(documented).containsExactlyElementsOf(Stream.of(PostPhaseMeterDocumentation.values())
			.map((meter) -> "`" + meter.getName() + "` " + type(meter) + " [" + furtherTags(meter) + "]")
			.toList());
	}

	private static String type(PostPhaseMeterDocumentation meter) {
		return meter.getType().name().toLowerCase(Locale.ROOT).replace('_', ' ');
	}

	private static String furtherTags(PostPhaseMeterDocumentation meter) {
		List<String> tags = Stream.of(meter.getKeyNames()).map(KeyName::asString).toList();
		assertThat(tags.contains("name")).as("all but gauges and those of batches have a name")
			.isEqualTo(!type(meter).equals("gauge") && !meter.getName().startsWith("early.response.durable.flush"));
		return tags.stream()
			.filter((tag) -> !tag.equals("name"))
			.map((tag) -> "`" + tag + "`")
			.collect(Collectors.joining(", "));
	}

	@Test
	void namesInPrometheusHaveTheLabelsOfTheirMeters() {
		Map<String, String> documented = new TreeMap<>();
		Documentation.rows("docs/metrics.md", "early.response.")
			.forEach((row) -> documented.put(code(row.get(0)), row.get(2)));
		assertThat(documented).containsExactlyInAnyOrderEntriesOf(Stream.of(PostPhaseMeterDocumentation.values())
			.collect(Collectors.toMap(PostPhaseMeterDocumentation::getName,
					(meter) -> Stream.of(meter.getKeyNames())
						.map((tag) -> "`" + tag.asString() + "`")
						.collect(Collectors.joining(", ")))));
	}

	@Test
	void dependenciesAreModules() throws Exception {
		List<String> modules = new ArrayList<>();
		for (CodeBlock block : Documentation.blocks("xml").toList()) {
			Element dependency = Xml.parse(block.text()).getDocumentElement();
			Element parent = Xml.parse(Documentation.read("pom.xml")).getDocumentElement();
			String module = Xml.child(dependency, "artifactId");
			Element pom = Xml.parse(Documentation.read(module + "/pom.xml")).getDocumentElement();
			assertThat(Xml.child(pom, "artifactId")).isEqualTo(module);
			assertThat(Xml.child(dependency, "groupId")).isEqualTo(Xml.child(parent, "groupId"));
			assertThat(Xml.child(dependency, "version")).isEqualTo(Xml.child(parent, "version"));
			modules.add(module);
		}
		assertThat(modules).containsOnly(STARTER, TEST_KIT, JDBC);
	}

	@ParameterizedTest
	@MethodSource("commands")
	void commandIsKnown(String command) {
		if (command.startsWith("./mvnw ")) {
			assertThat(mavenIsCalledByAutomation(command) || sampleCanBeStarted(command)).isTrue();
		}
		else if (command.startsWith("benchmarks/run")) {
			String script = Documentation.read("benchmarks/run");
			assertThat(Stream.of(command.split(" ")).skip(1)).allMatch((name) -> script.contains("\t" + name + ")"));
		}
		else if (command.startsWith("examples/")) {
			assertThat(Documentation.root().resolve(command)).isExecutable();
		}
		else if (!command.equals(KILL)) {
			assertThat(command).as("run by the tests of the sample").startsWith("curl ");
		}
	}

	private static boolean mavenIsCalledByAutomation(String command) {
		String arguments = Pattern.quote(command.replaceFirst("\\./mvnw ", ""));
		return Pattern.compile("(?m)^\\s*verify \"\\$\\w+\" " + arguments + "$")
			.matcher(Documentation.read(".ci/run"))
			.find();
	}

	private static boolean sampleCanBeStarted(String command) {
		String[] parts = command.split(" \"-Dspring-boot.run.arguments=");
		return parts[0].equals("./mvnw -pl " + SAMPLE + " -am spring-boot:run")
				&& Stream.of(parts)
					.skip(1)
					.allMatch((arguments) -> Documentation.read(KILL_TESTS).contains('"' + arguments))
				&& Documentation.read("pom.xml").contains("<module>" + SAMPLE + "</module>")
				&& Documentation.read("pom.xml").contains("<spring-boot.run.skip>true<")
				&& Documentation.read(SAMPLE + "/pom.xml").contains("<spring-boot.run.skip>false<");
	}

	@ParameterizedTest
	@MethodSource("pages")
	void linksLeadSomewhere(Path page) {
		List<String> broken = new ArrayList<>();
		LINK.matcher(withoutCode(page)).results().map((match) -> match.group(1)).forEach((link) -> {
			if (!link.contains("://") && !leadsSomewhere(page, link)) {
				broken.add(link);
			}
		});
		assertThat(broken).isEmpty();
	}

	private static boolean leadsSomewhere(Path page, String link) {
		String file = link.replaceFirst("#.*", "");
		Path target = (file.isEmpty()) ? page : page.resolveSibling(file);
		return Files.exists(target) && (!link.contains("#") || anchors(target).contains(link.replaceFirst(".*#", "")));
	}

	private static List<String> anchors(Path page) {
		return withoutCode(page).lines()
			.filter((line) -> line.startsWith("#"))
			.map((line) -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT))
			.map((heading) -> heading.replaceAll("[^\\w -]", "").replace(' ', '-'))
			.toList();
	}

	private static String withoutCode(Path page) {
		return Documentation.read(page).replaceAll("(?ms)^```.*?^```$", "");
	}

	@Test
	void testsInTheTablesOfCompatibilityExist() {
		Set<String> tests = Stream.of(STARTER, TEST_KIT, SAMPLE)
			.map((module) -> module + "/src/test")
			.flatMap((folder) -> Stream.concat(Documentation.files(folder, ".java").stream(),
					Documentation.files(folder, ".kt").stream()))
			.map((file) -> file.getFileName().toString().replaceFirst("\\.\\w+$", ""))
			.collect(Collectors.toSet());
		assertThat(TEST_CLASS.matcher(Documentation.read("docs/compatibility.md")).results())
			.map((match) -> match.group(1))
			.isNotEmpty()
			.allMatch(tests::contains);
	}

	@Test
	void indexesHaveAllPages() {
		List<String> pages = Documentation.files("docs", ".md")
			.stream()
			.map((page) -> page.getFileName().toString())
			.filter((name) -> !name.equals("README.md"))
			.toList();
		assertThat(links("README.md")).containsAll(pages.stream().map((name) -> "docs/" + name).toList());
		assertThat(links("docs/README.md")).containsAll(pages);
	}

	private static List<String> links(String page) {
		return LINK.matcher(Documentation.read(page)).results().map((MatchResult match) -> match.group(1)).toList();
	}

	private static String code(String cell) {
		return cell.replace("`", "");
	}

}
