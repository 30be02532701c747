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

package io.github.earlyresponse.jdbc;

/**
 * What a node works on.
 */
public enum Work {

	/**
	 * On nothing but what it has accepted itself, as long as it need not be tried again.
	 */
	OFF,

	/**
	 * On what it has accepted, and on what it takes over.
	 */
	ON,

	/**
	 * On no durable post-phase: it accepts them for other nodes.
	 */
	ACCEPT_ONLY

}
