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

import io.github.earlyresponse.ContextCarrier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.authentication.RememberMeAuthenticationToken;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;

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

	private Map<String, String> store(Authentication authentication) {
		authenticate(authentication);
		Map<String, String> values = this.carrier.capture().values();
		SecurityContextHolder.clearContext();
		return values;
	}

	private static Authentication restore(Map<String, String> values) {
		SecurityCarrier ofOtherNode = new SecurityCarrier(SecurityContextHolder.getContextHolderStrategy());
		ContextCarrier.Scope scope = ofOtherNode.restore(values).open();
		Authentication restored = current();
		scope.close();
		assertThat(current()).isNull();
		return restored;
	}

	@Test
	void storesNameAndAuthoritiesOnly() {
		UserDetails user = User.withUsername("ada").password("secret").authorities("ROLE_A, B", "ROLE_C").build();
		UsernamePasswordAuthenticationToken original = UsernamePasswordAuthenticationToken.authenticated(user, "secret",
				user.getAuthorities());
		original.setDetails("secret session");
		Map<String, String> values = store(original);
		assertThat(values.toString()).doesNotContain("secret");
		Authentication restored = restore(values);
		assertThat(restored.isAuthenticated()).isTrue();
		assertThat(restored.getName()).isEqualTo("ada");
		assertThat(restored.getPrincipal()).isEqualTo("ada");
		assertThat(restored.getCredentials()).isNull();
		assertThat(restored.getDetails()).isNull();
		assertThat(restored.getAuthorities()).extracting(GrantedAuthority::getAuthority)
			.containsExactly("ROLE_A, B", "ROLE_C");
	}

	@Test
	void textOfAnAuthorityGrantsNoOther() {
		String[] authorities = { "a,ROLE_ADMIN", "b\nROLE_ADMIN", "c ROLE_ADMIN" };
		Authentication restored = restore(store(UsernamePasswordAuthenticationToken.authenticated("ada", null,
				AuthorityUtils.createAuthorityList(authorities))));
		assertThat(restored.getAuthorities()).extracting(GrantedAuthority::getAuthority).containsExactly(authorities);
	}

	@Test
	void anonymousStaysAnonymous() {
		Authentication restored = restore(store(new AnonymousAuthenticationToken("key", "anonymousUser",
				AuthorityUtils.createAuthorityList("ROLE_ANONYMOUS"))));
		assertThat(new AuthenticationTrustResolverImpl().isAnonymous(restored)).isTrue();
		assertThat(restored.getName()).isEqualTo("anonymousUser");
		assertThat(restored.getAuthorities()).extracting(GrantedAuthority::getAuthority)
			.containsExactly("ROLE_ANONYMOUS");
	}

	@Test
	void rememberedIsNotFullyAuthenticated() {
		Authentication restored = restore(store(
				new RememberMeAuthenticationToken("key", "ada", AuthorityUtils.createAuthorityList("ROLE_USER"))));
		assertThat(new AuthenticationTrustResolverImpl().isRememberMe(restored)).isTrue();
		assertThat(restored.getName()).isEqualTo("ada");
	}

	@Test
	void unauthenticatedIsNotRestoredAsAuthenticated() {
		assertThat(this.ada.isAuthenticated()).isFalse();
		Map<String, String> values = store(this.ada);
		assertThat(values).isEmpty();
		assertThat(restore(values)).isNull();
	}

	@Test
	void nothingCapturedRestoresNoAuthentication() {
		Map<String, String> values = this.carrier.capture().values();
		authenticate(this.grace);
		ContextCarrier.Scope scope = this.carrier.restore(values).open();
		assertThat(current()).isNull();
		scope.close();
		assertThat(current()).isSameAs(this.grace);
	}

}
