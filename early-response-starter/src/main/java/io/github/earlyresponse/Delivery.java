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
 * What is known of the early response.
 */
public enum Delivery {

	/**
	 * The whole response was handed to the operating system. That is not "received": no
	 * server can see whether the client read it.
	 */
	SENT,

	/**
	 * Writing the response failed: the client was gone before it got the whole of it.
	 */
	ABORTED,

	/**
	 * There is no early response: none so far, or an error response of the container that
	 * no post-phase waits for.
	 */
	NOT_SENT,

	/**
	 * The container finishes the response by itself, out of sight, for instance the error
	 * page of an asynchronous handler on Tomcat, or an error page that failed. Here alone
	 * the post-phase may start before the response is complete.
	 */
	UNKNOWN

}
