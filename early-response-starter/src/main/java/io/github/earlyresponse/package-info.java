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

/**
 * Answer a request now, finish its work afterwards.
 * <p>
 * {@link io.github.earlyresponse.RespondThenContinue @RespondThenContinue} on a handler
 * names the {@link io.github.earlyresponse.PostPhase @PostPhase} methods that run once
 * its response is complete on the wire; {@link io.github.earlyresponse.AfterResponse} is
 * the same for work that is decided at run time, and with
 * {@link io.github.earlyresponse.EarlyResponse} a handler sends its response in
 * mid-method. A post-phase learns about itself and its client from
 * {@link io.github.earlyresponse.PostPhaseContext}.
 * <p>
 * {@link io.github.earlyresponse.PostPhaseListener} and
 * {@link io.github.earlyresponse.PostPhaseOperations} watch and steer post-phases, and a
 * {@link io.github.earlyresponse.ContextCarrier} takes further thread-bound context
 * along.
 */
@NullMarked
package io.github.earlyresponse;

import org.jspecify.annotations.NullMarked;
