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

package io.github.earlyresponse.engine;

import java.time.Duration;
import java.util.List;

/**
 * Observes a {@link PostPhaseStore} at work. Its methods must neither block nor throw.
 */
public interface StoreObserver {

	/**
	 * What has become of post-phases was stored, in one batch.
	 * @param size the number of post-phases
	 * @param duration how long it took
	 */
	void stored(int size, Duration duration);

	/**
	 * A process that had a post-phase has died, as this node found out.
	 * @param name the name of the post-phase
	 */
	void crashed(String name);

	/**
	 * An observer that does nothing.
	 * @return the observer
	 */
	static StoreObserver none() {
		return of(List.of());
	}

	/**
	 * An observer that passes everything on.
	 * @param observers to whom
	 * @return the observer
	 */
	static StoreObserver of(List<StoreObserver> observers) {
		return new StoreObserver() {

			@Override
			public void stored(int size, Duration duration) {
				observers.forEach((observer) -> observer.stored(size, duration));
			}

			@Override
			public void crashed(String name) {
				observers.forEach((observer) -> observer.crashed(name));
			}

		};
	}

}
