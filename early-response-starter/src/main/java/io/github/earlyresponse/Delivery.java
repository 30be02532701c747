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

package io.github.earlyresponse;

/**
 * What is known about the delivery of the early response.
 */
public enum Delivery {

	/**
	 * The whole response was handed to the operating system. This does not mean that it
	 * was received: no server can tell whether the client has read it.
	 */
	SENT,

	/**
	 * Writing the response failed: the client disconnected before it got the whole
	 * response.
	 */
	ABORTED,

	/**
	 * There is no early response: not yet, or because the container sends an error
	 * response for which no post-phase waits.
	 */
	NOT_SENT,

	/**
	 * The container finishes the response without notifying the library, for instance the
	 * error page of an asynchronous handler on Tomcat, or an error page that failed. Only
	 * in this case may the post-phase start before the response is complete.
	 */
	UNKNOWN

}
