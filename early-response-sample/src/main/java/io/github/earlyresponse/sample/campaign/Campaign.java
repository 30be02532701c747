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

import java.time.Instant;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * A campaign and how far it is.
 *
 * @param id the id
 * @param subject the subject of its letters
 * @param state whether it is being sent
 * @param recipients how many letters there are
 * @param sent how many were sent
 * @param failed how many could not be sent
 * @param pending how many were not tried yet
 * @param attempt the attempt that sends it, more than one if a process has died meanwhile
 * @param resumedFrom the letter with which that attempt has gone on, counted from one;
 * {@code null} if it has begun with the first
 * @param node the node of that attempt, {@code null} if it has no name
 * @param acceptedAt when it was accepted
 * @param startedAt when the first attempt has started
 * @param finishedAt when it ended
 */
record Campaign(UUID id, String subject, CampaignState state, int recipients, int sent, int failed, int pending,
		int attempt, @Nullable Integer resumedFrom, @Nullable String node, Instant acceptedAt,
		@Nullable Instant startedAt, @Nullable Instant finishedAt) {

}
