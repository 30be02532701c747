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

package io.github.earlyresponse.sample.campaign;

import java.util.Set;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * A letter and who gets it.
 *
 * @param subject the subject of the mails, one line
 * @param text the text, in which <code>{name}</code> becomes the name of the customer
 * @param segment who gets it: a segment, a city, or {@code all}
 * @param customerIds who gets it, one by one, instead of a segment
 * @param limit how many of them at most
 */
record CampaignRequest(@NotBlank @Size(max = 200) @Pattern(regexp = "\\P{Cntrl}*") String subject,
		@NotBlank @Size(max = 20_000) String text, @Nullable String segment,
		@Nullable @Size(min = 1, max = 10_000) Set<@NotNull Long> customerIds, @Nullable @Positive Integer limit) {

	// A letter to everybody has to be asked for, and is no default
	@AssertTrue(message = "either a segment or customerIds must be given")
	boolean isRecipients() {
		return (this.segment != null) != (this.customerIds != null);
	}

}
