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

import java.util.Map;
import java.util.function.Supplier;

import io.github.earlyresponse.ContextCarrier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;
import org.slf4j.helpers.BasicMDCAdapter;

import org.springframework.beans.BeanUtils;
import org.springframework.core.OverridingClassLoader;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MdcCarrier}.
 */
class MdcCarrierTests {

	private final MdcCarrier carrier = new MdcCarrier();

	@BeforeEach
	@AfterEach
	void clear() {
		MDC.clear();
	}

	@Test
	void putsValuesOnAndTakesThemOff() {
		MDC.put("user", "ada");
		ContextCarrier.Context context = this.carrier.capture();
		MDC.clear();
		ContextCarrier.Scope scope = context.open();
		assertThat(MDC.getCopyOfContextMap()).containsExactlyEntriesOf(Map.of("user", "ada"));
		MDC.put("more", "of the post-phase");
		scope.close();
		assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
	}

	@Test
	void restoresWhatWasThereBefore() {
		MDC.put("user", "ada");
		ContextCarrier.Context context = this.carrier.capture();
		MDC.clear();
		MDC.put("thread", "its own");
		ContextCarrier.Scope scope = context.open();
		assertThat(MDC.get("thread")).isNull();
		scope.close();
		assertThat(MDC.getCopyOfContextMap()).containsExactlyEntriesOf(Map.of("thread", "its own"));
	}

	@Test
	void nothingCapturedGivesEmptyContext() {
		ContextCarrier.Context context = this.carrier.capture();
		MDC.put("thread", "its own");
		ContextCarrier.Scope scope = context.open();
		assertThat(MDC.get("thread")).isNull();
		scope.close();
		assertThat(MDC.get("thread")).isEqualTo("its own");
	}

	@Test
	void capturedValuesAreCopiesForEachPostPhase() {
		MDC.put("user", "ada");
		ContextCarrier.Context context = this.carrier.capture();
		MDC.put("user", "grace");
		ContextCarrier.Scope first = context.open();
		assertThat(MDC.get("user")).isEqualTo("ada");
		MDC.put("user", "changed");
		first.close();
		ContextCarrier.Scope second = context.open();
		assertThat(MDC.get("user")).isEqualTo("ada");
		second.close();
		assertThat(MDC.get("user")).isEqualTo("grace");
	}

	@Test
	@SuppressWarnings("unchecked")
	void needsNoLogback() throws Exception {
		ClassLoader withoutLogback = new OverridingClassLoader(getClass().getClassLoader()) {

			@Override
			protected boolean isEligibleForOverriding(String className) {
				return className.startsWith("org.slf4j.") || className.startsWith("io.github.earlyresponse.");
			}

			@Override
			protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
				if (name.startsWith("ch.qos.logback.")) {
					throw new ClassNotFoundException(name);
				}
				return super.loadClass(name, resolve);
			}

		};
		Class<?> type = withoutLogback.loadClass(WithoutLogback.class.getName());
		assertThat(type).isNotEqualTo(WithoutLogback.class);
		Supplier<Map<String, String>> use = (Supplier<Map<String, String>>) BeanUtils.instantiateClass(type);
		assertThat(use.get()).containsExactlyEntriesOf(Map.of("user", "ada"));
	}

	@Test
	void storesAndRestores() {
		MDC.put("user", "ada");
		MDC.put("nothing", null);
		Map<String, String> values = this.carrier.capture().values();
		assertThat(values).containsExactlyEntriesOf(Map.of("user", "ada"));
		MDC.clear();
		MDC.put("thread", "its own");
		ContextCarrier.Scope scope = new MdcCarrier().restore(values).open();
		assertThat(MDC.getCopyOfContextMap()).containsExactlyEntriesOf(Map.of("user", "ada"));
		scope.close();
		assertThat(MDC.getCopyOfContextMap()).containsExactlyEntriesOf(Map.of("thread", "its own"));
	}

	@Test
	void storesThatThereIsNothing() {
		Map<String, String> values = this.carrier.capture().values();
		assertThat(values).isEmpty();
		MDC.put("thread", "its own");
		ContextCarrier.Scope scope = new MdcCarrier().restore(values).open();
		assertThat(MDC.get("thread")).isNull();
		scope.close();
	}

	/**
	 * Uses the carrier with another implementation of the MDC.
	 */
	static final class WithoutLogback implements Supplier<Map<String, String>> {

		@Override
		public Map<String, String> get() {
			ReflectionTestUtils.setField(MDC.class, "MDC_ADAPTER", new BasicMDCAdapter());
			MDC.put("user", "ada");
			ContextCarrier.Context context = new MdcCarrier().capture();
			MDC.clear();
			try (ContextCarrier.Scope scope = context.open()) {
				return MDC.getCopyOfContextMap();
			}
		}

	}

}
