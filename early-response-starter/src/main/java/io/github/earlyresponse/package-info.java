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
 * Respond to a request now, finish its work afterwards.
 * <p>
 * {@link io.github.earlyresponse.RespondThenContinue @RespondThenContinue} on a handler
 * names the {@link io.github.earlyresponse.PostPhase @PostPhase} methods that run once
 * its response is complete on the wire. {@link io.github.earlyresponse.AfterResponse}
 * adds post-phases that are only known at run time, and with
 * {@link io.github.earlyresponse.EarlyResponse} a handler sends its response in the
 * middle of the method. {@link io.github.earlyresponse.PostPhaseContext} gives a
 * post-phase access to its own state and the delivery of the response.
 * <p>
 * {@link io.github.earlyresponse.PostPhaseListener} and
 * {@link io.github.earlyresponse.PostPhaseOperations} observe and control post-phases,
 * and a {@link io.github.earlyresponse.ContextCarrier} propagates additional thread-bound
 * context, a {@link io.github.earlyresponse.StorableContextCarrier} also to durable ones.
 */
@NullMarked
package io.github.earlyresponse;

import org.jspecify.annotations.NullMarked;
