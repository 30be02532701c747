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

import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import io.github.earlyresponse.ContextCarrier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.context.i18n.LocaleContext;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.context.i18n.SimpleLocaleContext;
import org.springframework.context.i18n.SimpleTimeZoneAwareLocaleContext;
import org.springframework.context.i18n.TimeZoneAwareLocaleContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link LocaleCarrier}.
 */
class LocaleCarrierTests {

	private static final TimeZone TOKYO = TimeZone.getTimeZone("Asia/Tokyo");

	private final LocaleCarrier carrier = new LocaleCarrier();

	@BeforeEach
	@AfterEach
	void reset() {
		LocaleContextHolder.resetLocaleContext();
	}

	@Test
	void putsLocaleAndTimeZoneOnAndTakesThemOff() {
		LocaleContextHolder.setLocaleContext(new SimpleTimeZoneAwareLocaleContext(Locale.JAPAN, TOKYO));
		ContextCarrier.Context context = this.carrier.capture();
		LocaleContextHolder.resetLocaleContext();
		ContextCarrier.Scope scope = context.open();
		assertThat(LocaleContextHolder.getLocale()).isEqualTo(Locale.JAPAN);
		assertThat(LocaleContextHolder.getTimeZone()).isEqualTo(TOKYO);
		scope.close();
		assertThat(LocaleContextHolder.getLocaleContext()).isNull();
	}

	@Test
	void carriesLocaleWithoutTimeZone() {
		LocaleContextHolder.setLocaleContext(new SimpleLocaleContext(Locale.FRANCE));
		ContextCarrier.Context context = this.carrier.capture();
		LocaleContextHolder.resetLocaleContext();
		ContextCarrier.Scope scope = context.open();
		assertThat(LocaleContextHolder.getLocale()).isEqualTo(Locale.FRANCE);
		assertThat(LocaleContextHolder.getTimeZone()).isEqualTo(TimeZone.getDefault());
		scope.close();
		assertThat(LocaleContextHolder.getLocaleContext()).isNull();
	}

	@Test
	void carriesTimeZoneWithoutLocale() {
		LocaleContextHolder.setLocaleContext(new SimpleTimeZoneAwareLocaleContext(null, TOKYO));
		ContextCarrier.Context context = this.carrier.capture();
		LocaleContextHolder.resetLocaleContext();
		ContextCarrier.Scope scope = context.open();
		assertThat(LocaleContextHolder.getLocale()).isEqualTo(Locale.getDefault());
		assertThat(LocaleContextHolder.getTimeZone()).isEqualTo(TOKYO);
		scope.close();
	}

	@Test
	void neverAsksTheLiveContextAgain() {
		AtomicReference<TimeZoneAwareLocaleContext> request = new AtomicReference<>(
				new SimpleTimeZoneAwareLocaleContext(Locale.JAPAN, TOKYO));
		LocaleContextHolder.setLocaleContext(new LiveLocaleContext(request));
		ContextCarrier.Context context = this.carrier.capture();
		LocaleContextHolder.resetLocaleContext();
		request.set(null);
		ContextCarrier.Scope scope = context.open();
		assertThat(LocaleContextHolder.getLocaleContext()).isNotInstanceOf(LiveLocaleContext.class);
		assertThat(LocaleContextHolder.getLocale()).isEqualTo(Locale.JAPAN);
		assertThat(LocaleContextHolder.getTimeZone()).isEqualTo(TOKYO);
		scope.close();
	}

	@Test
	void restoresWhatWasThereBefore() {
		LocaleContextHolder.setLocaleContext(new SimpleLocaleContext(Locale.FRANCE));
		ContextCarrier.Context context = this.carrier.capture();
		LocaleContext before = new SimpleLocaleContext(Locale.GERMANY);
		LocaleContextHolder.setLocaleContext(before);
		context.open().close();
		assertThat(LocaleContextHolder.getLocaleContext()).isSameAs(before);
	}

	@Test
	void nothingCapturedGivesDefaults() {
		ContextCarrier.Context context = this.carrier.capture();
		LocaleContext before = new SimpleLocaleContext(Locale.GERMANY);
		LocaleContextHolder.setLocaleContext(before);
		ContextCarrier.Scope scope = context.open();
		assertThat(LocaleContextHolder.getLocaleContext()).isNull();
		scope.close();
		assertThat(LocaleContextHolder.getLocaleContext()).isSameAs(before);
	}

	@ParameterizedTest
	@MethodSource("contexts")
	void storesAndRestores(LocaleContext original) {
		LocaleContextHolder.setLocaleContext(original);
		Map<String, String> values = this.carrier.capture().values();
		LocaleContextHolder.resetLocaleContext();
		ContextCarrier.Scope scope = new LocaleCarrier().restore(values).open();
		LocaleContext restored = LocaleContextHolder.getLocaleContext();
		assertThat(restored).usingRecursiveComparison().isEqualTo(original);
		scope.close();
		assertThat(LocaleContextHolder.getLocaleContext()).isNull();
	}

	static Stream<LocaleContext> contexts() {
		return Stream.of(null, new SimpleLocaleContext(Locale.forLanguageTag("zh-Hant-TW")),
				new SimpleTimeZoneAwareLocaleContext(Locale.JAPAN, TOKYO),
				new SimpleTimeZoneAwareLocaleContext(null, TimeZone.getTimeZone("GMT+02:30")),
				new SimpleTimeZoneAwareLocaleContext(Locale.ROOT, TimeZone.getTimeZone("UTC")));
	}

	@Test
	void unknownTimeZoneIsNotReplacedByAnother() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.carrier.restore(Map.of("time-zone", "Atlantis/Capital")))
			.withMessageContaining("Atlantis/Capital");
	}

	/**
	 * Like that of Spring MVC, which asks its request.
	 */
	private record LiveLocaleContext(
			AtomicReference<TimeZoneAwareLocaleContext> request) implements TimeZoneAwareLocaleContext {

		@Override
		public Locale getLocale() {
			return this.request.get().getLocale();
		}

		@Override
		public TimeZone getTimeZone() {
			return this.request.get().getTimeZone();
		}

	}

}
