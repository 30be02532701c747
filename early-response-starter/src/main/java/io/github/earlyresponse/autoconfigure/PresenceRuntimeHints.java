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

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * Hints for the types whose presence is found out at run time. In a native image they
 * would seem to be absent: Spring Framework evaluates only its own fields when the image
 * is built.
 */
final class PresenceRuntimeHints implements RuntimeHintsRegistrar {

	private static final List<String> TYPES = List.of(
			"org.springframework.transaction.support.TransactionSynchronizationManager", "io.micrometer.tracing.Tracer",
			"org.springframework.boot.micrometer.observation.autoconfigure.ObservationRegistryCustomizer",
			"org.eclipse.jetty.ee11.servlet.ServletApiRequest", "org.springframework.security.web.csrf.CsrfToken",
			"org.springframework.security.web.csrf.DeferredCsrfToken", "ch.qos.logback.classic.util.LogbackMDCAdapter");

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		for (String type : TYPES) {
			hints.reflection().registerTypeIfPresent(classLoader, type);
		}
	}

}
