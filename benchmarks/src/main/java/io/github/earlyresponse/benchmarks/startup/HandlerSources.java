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

package io.github.earlyresponse.benchmarks.startup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import javax.tools.ToolProvider;

/**
 * Writes controllers with ten handlers each, whose post-phases are methods of a service,
 * and compiles them.
 */
final class HandlerSources {

	static final int CONTROLLERS = 50;

	private static final int HANDLERS = 10;

	private static final String PACKAGE = HandlerSources.class.getPackageName() + ".handlers";

	private static final String CONTROLLER = """
			package %1$s;

			import io.github.earlyresponse.RespondThenContinue;

			import org.springframework.security.access.prepost.PreAuthorize;
			import org.springframework.web.bind.annotation.PathVariable;
			import org.springframework.web.bind.annotation.PostMapping;
			import org.springframework.web.bind.annotation.RequestBody;
			import org.springframework.web.bind.annotation.RestController;

			@RestController
			%3$s
			class Controller%2$d {

				private final Service%2$d service;

				Controller%2$d(Service%2$d service) {
					this.service = service;
				}

				record Order(String customer, int quantity) {
				}

				record Receipt(long id, String customer) {
				}
			%4$s
			}
			""";

	private static final String HANDLER = """

				@PostMapping("/resources%1$d/{id}/operations%2$d")%3$s
				Receipt operate%2$d(@PathVariable long id, @RequestBody Order order) {
					return this.service.accept(id, order);
				}
			""";

	private static final String SERVICE = """
			package %1$s;

			import io.github.earlyresponse.PostPhase;

			import org.springframework.stereotype.Service;

			@Service
			class Service%2$d {

				Controller%2$d.Receipt accept(long id, Controller%2$d.Order order) {
					return new Controller%2$d.Receipt(id, order.customer());
				}
			%3$s
			}
			""";

	private static final String POST_PHASE = """
			%3$s
				void finish%2$d(Controller%1$d.Receipt receipt, Controller%1$d.Order order) {
				}
			""";

	private HandlerSources() {
	}

	/**
	 * Compiles the controllers.
	 * @param annotated how many of the controllers have annotated handlers
	 * @param secured whether controllers have a proxy for the sake of security
	 * @return the directory of their classes
	 * @throws IOException if they cannot be written
	 */
	static Path compile(int annotated, boolean secured) throws IOException {
		Path directory = Files.createTempDirectory("handlers-");
		List<String> arguments = new ArrayList<>(List.of("-proc:none", "-parameters", "-d", directory.toString(), "-cp",
				System.getProperty("java.class.path")));
		for (int i = 0; i < CONTROLLERS; i++) {
			StringBuilder handlers = new StringBuilder();
			StringBuilder postPhases = new StringBuilder();
			for (int j = 0; j < HANDLERS; j++) {
				String name = "(\"finish-" + i + "-" + j + "\")";
				handlers.append(HANDLER.formatted(i, j, annotation(i < annotated, "@RespondThenContinue" + name)));
				postPhases.append(POST_PHASE.formatted(i, j, annotation(i < annotated, "@PostPhase" + name)));
			}
			arguments.add(write(directory, "Controller" + i, CONTROLLER.formatted(PACKAGE, i,
					(secured) ? "@PreAuthorize(\"isAuthenticated()\")" : "", handlers)));
			arguments.add(write(directory, "Service" + i, SERVICE.formatted(PACKAGE, i, postPhases)));
		}
		if (ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)) != 0) {
			throw new IllegalStateException("The handlers in " + directory + " cannot be compiled");
		}
		return directory;
	}

	private static String annotation(boolean present, String annotation) {
		return (present) ? "\n\t" + annotation : "";
	}

	private static String write(Path directory, String name, String source) throws IOException {
		return Files.writeString(directory.resolve(name + ".java"), source).toString();
	}

}
