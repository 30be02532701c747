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

import io.github.earlyresponse.ContextCarrier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SecurityCarrier}.
 */
class SecurityCarrierTests {

	private final SecurityCarrier carrier = new SecurityCarrier(SecurityContextHolder.getContextHolderStrategy());

	private final Authentication ada = new TestingAuthenticationToken("ada", "secret");

	private final Authentication grace = new TestingAuthenticationToken("grace", "secret");

	@BeforeEach
	@AfterEach
	void clear() {
		SecurityContextHolder.clearContext();
	}

	private static Authentication current() {
		return SecurityContextHolder.getContext().getAuthentication();
	}

	private static void authenticate(Authentication authentication) {
		SecurityContextHolder.setContext(new SecurityContextImpl(authentication));
	}

	@Test
	void putsAuthenticationOnAndTakesItOff() {
		authenticate(this.ada);
		ContextCarrier.Context context = this.carrier.capture();
		SecurityContextHolder.clearContext();
		ContextCarrier.Scope scope = context.open();
		assertThat(current()).isSameAs(this.ada);
		scope.close();
		assertThat(current()).isNull();
	}

	@Test
	void securityContextIsNotThatOfTheRequest() {
		authenticate(this.ada);
		SecurityContext ofRequest = SecurityContextHolder.getContext();
		ContextCarrier.Context context = this.carrier.capture();
		// Spring Security reuses and empties it
		ofRequest.setAuthentication(null);
		SecurityContextHolder.clearContext();
		ContextCarrier.Scope scope = context.open();
		assertThat(SecurityContextHolder.getContext()).isNotSameAs(ofRequest);
		assertThat(current()).isSameAs(this.ada);
		scope.close();
	}

	@Test
	void postPhasesDoNotShareTheirContext() {
		authenticate(this.ada);
		ContextCarrier.Context context = this.carrier.capture();
		ContextCarrier.Scope first = context.open();
		SecurityContextHolder.getContext().setAuthentication(this.grace);
		first.close();
		ContextCarrier.Scope second = context.open();
		assertThat(current()).isSameAs(this.ada);
		second.close();
	}

	@Test
	void restoresWhatWasThereBefore() {
		authenticate(this.ada);
		ContextCarrier.Context context = this.carrier.capture();
		authenticate(this.grace);
		ContextCarrier.Scope scope = context.open();
		assertThat(current()).isSameAs(this.ada);
		scope.close();
		assertThat(current()).isSameAs(this.grace);
	}

	@Test
	void nothingCapturedGivesNoAuthentication() {
		ContextCarrier.Context context = this.carrier.capture();
		authenticate(this.grace);
		ContextCarrier.Scope scope = context.open();
		assertThat(current()).isNull();
		scope.close();
		assertThat(current()).isSameAs(this.grace);
	}

}
