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

package io.github.earlyresponse.status;

import java.io.IOException;
import java.util.function.Consumer;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * An asynchronous request with its response.
 *
 * @param context the request
 * @param out its response
 * @param abortion closes the connection at once; {@code null} where completing an
 * unfinished response does that
 */
record Connection(AsyncContext context, ServletOutputStream out, @Nullable Consumer<IOException> abortion) {

	private static final Log logger = LogFactory.getLog(Connection.class);

	/**
	 * Completes the response, which goes out as fast as the client reads.
	 */
	void complete() {
		try {
			this.context.complete();
		}
		catch (IllegalStateException ex) {
			logger.debug("The container has completed the response", ex);
		}
	}

	/**
	 * Breaks the response off.
	 */
	void abort(IOException cause) {
		if (this.abortion != null) {
			this.abortion.accept(cause);
		}
		else {
			complete();
		}
	}

}
