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

package io.github.earlyresponse.web;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

import org.springframework.core.ReactiveAdapter;

/**
 * Subscriptions to what a handler returned, where there are reactive types.
 */
final class Subscriptions {

	private Subscriptions() {
	}

	/**
	 * Has each subscription told before it is made.
	 * @param adapter of the type of the result
	 * @param returned the result
	 * @param subscribed is told
	 * @return the result to go on with, of the same type
	 */
	static Object watch(ReactiveAdapter adapter, @Nullable Object returned, Runnable subscribed) {
		Publisher<Object> publisher = adapter.toPublisher(returned);
		Publisher<Object> watched = (subscriber) -> {
			subscribed.run();
			publisher.subscribe(subscriber);
		};
		return adapter.fromPublisher(watched);
	}

}
