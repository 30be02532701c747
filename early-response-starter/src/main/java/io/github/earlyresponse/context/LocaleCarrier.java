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
import java.util.TimeZone;

import io.github.earlyresponse.ContextCarrier;

import org.springframework.context.i18n.LocaleContext;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.context.i18n.SimpleLocaleContext;
import org.springframework.context.i18n.SimpleTimeZoneAwareLocaleContext;
import org.springframework.context.i18n.TimeZoneAwareLocaleContext;

/**
 * Carries the locale and the time zone. The live {@link LocaleContext} of Spring MVC asks
 * the request, so only its values go along.
 */
public final class LocaleCarrier implements ContextCarrier {

	@Override
	public Context capture() {
		LocaleContext live = LocaleContextHolder.getLocaleContext();
		LocaleContext copy = (live != null) ? copy(live) : null;
		return () -> {
			LocaleContext previous = LocaleContextHolder.getLocaleContext();
			LocaleContextHolder.setLocaleContext(copy);
			return () -> LocaleContextHolder.setLocaleContext(previous);
		};
	}

	private static LocaleContext copy(LocaleContext live) {
		Locale locale = live.getLocale();
		TimeZone timeZone = (live instanceof TimeZoneAwareLocaleContext aware) ? aware.getTimeZone() : null;
		return (timeZone != null) ? new SimpleTimeZoneAwareLocaleContext(locale, timeZone)
				: new SimpleLocaleContext(locale);
	}

}
