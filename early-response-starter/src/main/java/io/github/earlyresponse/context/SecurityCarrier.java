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

import io.github.earlyresponse.StorableContextCarrier;
import org.jspecify.annotations.Nullable;

import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolderStrategy;

/**
 * Carries the authentication of Spring Security, in a security context of its own. Of an
 * authentication that is stored, name and authorities remain.
 */
public final class SecurityCarrier implements StorableContextCarrier {

	private final SecurityContextHolderStrategy strategy;

	/** Made once, as that is how most scopes end. */
	private final Scope clearing;

	/**
	 * Creates the carrier.
	 * @param strategy which knows the current security context
	 */
	public SecurityCarrier(SecurityContextHolderStrategy strategy) {
		this.strategy = strategy;
		this.clearing = strategy::clearContext;
	}

	@Override
	public String name() {
		return "security";
	}

	@Override
	public StorableContext capture() {
		return new Captured(this, this.strategy.getContext().getAuthentication());
	}

	@Override
	public Context restore(Map<String, String> values) {
		return new Captured(this, StoredAuthentication.read(values));
	}

	private Scope open(@Nullable Authentication authentication) {
		Authentication previous = this.strategy.getContext().getAuthentication();
		set(authentication);
		return (previous != null) ? () -> set(previous) : this.clearing;
	}

	private void set(@Nullable Authentication authentication) {
		if (authentication == null) {
			this.strategy.clearContext();
			return;
		}
		SecurityContext context = this.strategy.createEmptyContext();
		context.setAuthentication(authentication);
		this.strategy.setContext(context);
	}

	private record Captured(SecurityCarrier carrier,
			@Nullable Authentication authentication) implements StorableContext {

		@Override
		public Scope open() {
			return this.carrier.open(this.authentication);
		}

		@Override
		public Map<String, String> values() {
			return StoredAuthentication.write(this.authentication);
		}

	}

}
