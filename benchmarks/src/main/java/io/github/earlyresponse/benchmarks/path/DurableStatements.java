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

package io.github.earlyresponse.benchmarks.path;

import java.util.concurrent.CountDownLatch;

/**
 * What a durable post-phase asks of the database more than the transaction of its
 * handler: what a request costs with one, less what it costs without.
 *
 * @param statements executed statements
 * @param roundTrips how often statements were sent and waited for
 * @param commits commits
 */
public record DurableStatements(double statements, double roundTrips, double commits) {

	private static final int REQUESTS = 2_000;

	/**
	 * Measures them for one of many requests. The statements that end post-phases go in
	 * batches, which are large here, because all post-phases go on at once.
	 * @return what one request costs more
	 * @throws Exception if a request fails
	 */
	public static DurableStatements measure() throws Exception {
		try (DurableRequests requests = DurableRequests.quiet("--benchmark.count-statements=true")) {
			requests.plain(REQUESTS);
			durable(requests);
			StatementCounter.Counts start = requests.statements().counts();
			requests.plain(REQUESTS);
			StatementCounter.Counts plain = requests.statements().counts();
			durable(requests);
			return of(requests.statements().counts().since(plain), plain.since(start));
		}
	}

	private static void durable(DurableRequests requests) throws Exception {
		CountDownLatch responses = new CountDownLatch(1);
		requests.holdUntil(responses);
		requests.durable(REQUESTS);
		responses.countDown();
		requests.await();
	}

	private static DurableStatements of(StatementCounter.Counts durable, StatementCounter.Counts plain) {
		return new DurableStatements((durable.executed("") - plain.executed("")) / (double) REQUESTS,
				(durable.roundTrips() - plain.roundTrips()) / (double) REQUESTS,
				(durable.commits() - plain.commits()) / (double) REQUESTS);
	}

}
