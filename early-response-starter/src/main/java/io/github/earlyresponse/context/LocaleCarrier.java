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
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;

import io.github.earlyresponse.StorableContextCarrier;
import org.jspecify.annotations.Nullable;

import org.springframework.context.i18n.LocaleContext;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.context.i18n.SimpleLocaleContext;
import org.springframework.context.i18n.SimpleTimeZoneAwareLocaleContext;
import org.springframework.context.i18n.TimeZoneAwareLocaleContext;
import org.springframework.util.StringUtils;

/**
 * Carries the locale and the time zone. The live {@link LocaleContext} of Spring MVC asks
 * the request, so only its values go along.
 */
public final class LocaleCarrier implements StorableContextCarrier {

	private static final String LOCALE = "locale";

	private static final String TIME_ZONE = "time-zone";

	@Override
	public String name() {
		return "locale";
	}

	@Override
	public StorableContext capture() {
		LocaleContext live = LocaleContextHolder.getLocaleContext();
		return new Captured((live != null) ? copy(live.getLocale(), timeZone(live)) : null);
	}

	@Override
	public Context restore(Map<String, String> values) {
		String locale = values.get(LOCALE);
		String timeZone = values.get(TIME_ZONE);
		return new Captured(
				(locale != null || timeZone != null) ? copy((locale != null) ? Locale.forLanguageTag(locale) : null,
						(timeZone != null) ? StringUtils.parseTimeZoneString(timeZone) : null) : null);
	}

	private static LocaleContext copy(@Nullable Locale locale, @Nullable TimeZone timeZone) {
		return (timeZone != null) ? new SimpleTimeZoneAwareLocaleContext(locale, timeZone)
				: new SimpleLocaleContext(locale);
	}

	private static @Nullable TimeZone timeZone(LocaleContext context) {
		return (context instanceof TimeZoneAwareLocaleContext aware) ? aware.getTimeZone() : null;
	}

	private record Captured(@Nullable LocaleContext copy) implements StorableContext {

		@Override
		public Scope open() {
			LocaleContext previous = LocaleContextHolder.getLocaleContext();
			LocaleContextHolder.setLocaleContext(this.copy);
			return (previous != null) ? () -> LocaleContextHolder.setLocaleContext(previous)
					: LocaleContextHolder::resetLocaleContext;
		}

		@Override
		public Map<String, String> values() {
			Map<String, String> values = new LinkedHashMap<>();
			if (this.copy != null) {
				Locale locale = this.copy.getLocale();
				if (locale != null) {
					values.put(LOCALE, locale.toLanguageTag());
				}
				TimeZone timeZone = timeZone(this.copy);
				if (timeZone != null) {
					values.put(TIME_ZONE, timeZone.getID());
				}
			}
			return values;
		}

	}

}
