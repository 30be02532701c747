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
 * The imperative form: a handler that sends its response in mid-method.
 * <p>
 * The handler runs on a {@linkplain io.github.earlyresponse.web.send.HandlerThreads
 * thread of its own}, from its beginning to its end, and meets the thread of its request
 * in a {@link io.github.earlyresponse.web.send.Rendezvous}. What it sends is written by
 * Spring MVC, see {@link io.github.earlyresponse.web.send.SentBodyWriter}.
 */
@NullMarked
package io.github.earlyresponse.web.send;

import org.jspecify.annotations.NullMarked;
