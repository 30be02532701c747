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

package io.github.earlyresponse.autoconfigure;

import org.springframework.context.SmartLifecycle;

/**
 * Tells the engine that a shutdown begins, before the web server waits for its requests.
 */
class DrainLifecycle implements SmartLifecycle {

	private final Runnable drain;

	private volatile boolean running;

	DrainLifecycle(Runnable drain) {
		this.drain = drain;
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		this.drain.run();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/**
	 * Stops with the first ones.
	 */
	@Override
	public int getPhase() {
		return DEFAULT_PHASE;
	}

}
