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

package io.github.earlyresponse.context;

import java.util.LinkedHashMap;
import java.util.Map;

import ch.qos.logback.classic.util.LogbackMDCAdapter;
import io.github.earlyresponse.StorableContextCarrier;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

import org.springframework.util.ClassUtils;

/**
 * Carries the mapped diagnostic context of SLF4J.
 */
public final class MdcCarrier implements StorableContextCarrier {

	private static final boolean logbackPresent = ClassUtils.isPresent("ch.qos.logback.classic.util.LogbackMDCAdapter",
			MdcCarrier.class.getClassLoader());

	@Override
	public String name() {
		return "mdc";
	}

	@Override
	public StorableContext capture() {
		return new Captured(current());
	}

	@Override
	public Context restore(Map<String, String> values) {
		return new Captured(values);
	}

	/**
	 * The current values, in a map that does not change.
	 */
	private static @Nullable Map<String, String> current() {
		return (logbackPresent) ? Logback.current() : MDC.getCopyOfContextMap();
	}

	private static void set(@Nullable Map<String, String> values) {
		if (values == null || values.isEmpty()) {
			MDC.clear();
		}
		else {
			MDC.setContextMap(values);
		}
	}

	/**
	 * Logback has an unmodifiable snapshot for its log events, which
	 * {@code getCopyOfContextMap} would copy once more.
	 */
	private static final class Logback {

		private static @Nullable Map<String, String> current() {
			return (MDC.getMDCAdapter() instanceof LogbackMDCAdapter adapter) ? adapter.getPropertyMap()
					: MDC.getCopyOfContextMap();
		}

	}

	private record Captured(@Nullable Map<String, String> copy) implements StorableContext {

		@Override
		public Scope open() {
			Map<String, String> previous = current();
			set(this.copy);
			return (previous != null) ? () -> set(previous) : MDC::clear;
		}

		@Override
		public Map<String, String> values() {
			Map<String, String> values = new LinkedHashMap<>();
			if (this.copy != null) {
				this.copy.forEach((key, value) -> {
					// Logback accepts null
					if (value != null) {
						values.put(key, value);
					}
				});
			}
			return values;
		}

	}

}
