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
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

import org.springframework.core.io.Resource;
import org.springframework.core.io.support.ResourcePatternResolver;
import org.springframework.stereotype.Component;

/**
 * The documents that come with the application. A name is only ever compared with theirs
 * and never becomes part of a path.
 */
@Component
class DocumentStore {

	private final Map<String, Document> documents = new TreeMap<>();

	DocumentStore(ResourcePatternResolver resources) throws IOException {
		for (Resource content : resources.getResources("classpath:documents/*")) {
			String name = Objects.requireNonNull(content.getFilename());
			this.documents.put(name, new Document(name, content.contentLength(), content));
		}
	}

	Collection<Document> all() {
		return this.documents.values();
	}

	List<Document> named(Set<String> names) {
		return all().stream().filter((document) -> names.contains(document.name())).toList();
	}

	List<String> unknown(Set<String> names) {
		return names.stream().filter((name) -> !this.documents.containsKey(name)).sorted().toList();
	}

}
