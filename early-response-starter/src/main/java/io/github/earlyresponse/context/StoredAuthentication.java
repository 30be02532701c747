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

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.AuthenticationTrustResolver;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.authentication.RememberMeAuthenticationToken;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/**
 * The stored form of an authentication: its name and the names of its authorities,
 * neither credentials nor details. What is restored is never trusted more than the
 * original.
 */
final class StoredAuthentication {

	private static final String NAME = "name";

	/**
	 * Followed by a number: a separator could be part of an authority.
	 */
	private static final String AUTHORITY = "authority-";

	private static final String KIND = "kind";

	private static final String ANONYMOUS = "anonymous";

	private static final String REMEMBERED = "remembered";

	/**
	 * Tokens are checked against a key only where they are authenticated, which restored
	 * ones are not again.
	 */
	private static final String KEY = "early-response";

	private static final AuthenticationTrustResolver trust = new AuthenticationTrustResolverImpl();

	private StoredAuthentication() {
	}

	static Map<String, String> write(@Nullable Authentication authentication) {
		Map<String, String> values = new LinkedHashMap<>();
		if (authentication == null || !authentication.isAuthenticated()) {
			return values;
		}
		values.put(NAME, authentication.getName());
		if (trust.isAnonymous(authentication)) {
			values.put(KIND, ANONYMOUS);
		}
		else if (trust.isRememberMe(authentication)) {
			values.put(KIND, REMEMBERED);
		}
		int count = 0;
		for (GrantedAuthority granted : authentication.getAuthorities()) {
			String authority = granted.getAuthority();
			if (authority != null) {
				values.put(AUTHORITY + count++, authority);
			}
		}
		return values;
	}

	static @Nullable Authentication read(Map<String, String> values) {
		String name = values.get(NAME);
		if (name == null) {
			return null;
		}
		List<GrantedAuthority> authorities = new ArrayList<>();
		String authority;
		while ((authority = values.get(AUTHORITY + authorities.size())) != null) {
			authorities.add(new SimpleGrantedAuthority(authority));
		}
		String kind = values.get(KIND);
		if (kind == null) {
			return UsernamePasswordAuthenticationToken.authenticated(name, null, authorities);
		}
		return switch (kind) {
			case ANONYMOUS -> new AnonymousAuthenticationToken(KEY, name, authorities);
			case REMEMBERED -> new RememberMeAuthenticationToken(KEY, name, authorities);
			default -> throw new IllegalArgumentException("Unknown kind of authentication '" + kind + "'");
		};
	}

}
