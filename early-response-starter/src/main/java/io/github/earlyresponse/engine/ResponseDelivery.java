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

import java.io.IOException;

import io.github.earlyresponse.Delivery;
import org.jspecify.annotations.Nullable;

/**
 * What became of an early response.
 *
 * @param delivery what is known of it
 * @param failure why it was aborted
 */
public record ResponseDelivery(Delivery delivery, @Nullable IOException failure) {

	/**
	 * A response that there has not been so far.
	 */
	public static final ResponseDelivery NOT_SENT = new ResponseDelivery(Delivery.NOT_SENT, null);

	/**
	 * A response that was handed over as a whole.
	 */
	public static final ResponseDelivery SENT = new ResponseDelivery(Delivery.SENT, null);

	/**
	 * A response that the container finished out of sight.
	 */
	public static final ResponseDelivery UNKNOWN = new ResponseDelivery(Delivery.UNKNOWN, null);

	/**
	 * A response that could not be written as a whole.
	 * @param failure why
	 * @return the delivery
	 */
	public static ResponseDelivery aborted(IOException failure) {
		return new ResponseDelivery(Delivery.ABORTED, failure);
	}

}
