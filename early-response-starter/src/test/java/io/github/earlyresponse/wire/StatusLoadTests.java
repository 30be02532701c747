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

package io.github.earlyresponse.wire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import io.github.earlyresponse.status.EventStreams;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RunningServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Two thousand clients that watch events do not slow other requests.
 */
@Tag("load")
class StatusLoadTests {

	private static final int WATCHERS = 2000;

	private static final int REQUESTS = 2000;

	@Test
	void requestsAreAsFastWithTwoThousandWatchers() throws Exception {
		try (RunningServer server = RunningServer.start(List.of(FollowedShop.Handlers.class, FollowedShop.Work.class),
				FollowedShop.ENABLED, "server.tomcat.max-keep-alive-requests=-1");
				RawHttpClient client = server.client()) {
			FollowedShop.Work work = server.bean(FollowedShop.Work.class);
			median(client);
			double before = median(client);
			String location = client.post("/exports", "{}").header("Location");
			List<EventClient> watchers = new ArrayList<>();
			try {
				for (int i = 0; i < WATCHERS; i++) {
					watchers.add(EventClient.open(server.port(), location));
				}
				int threads = Thread.activeCount();
				await().until(() -> streams(server).size() == WATCHERS);
				double idle = median(client);
				work.step((context) -> {
					for (int i = 0; i < 20; i++) {
						context.progress(i, 20, "step " + i);
						new Semaphore(0).tryAcquire(100, TimeUnit.MILLISECONDS);
					}
				});
				double busy = median(client);
				assertThat(Thread.activeCount()).as("no thread for a watcher").isLessThanOrEqualTo(threads + 20);
				work.end(1);
				for (EventClient watcher : watchers) {
					String event = watcher.next().get("event");
					while (!event.equals("finished")) {
						event = watcher.next().get("event");
					}
					assertThat(watcher.next()).isNull();
				}
				await().until(() -> streams(server).isEmpty());
				assertThat(idle).as("µs with watchers").isLessThan(3 * before + 200);
				assertThat(busy).as("µs while they are told").isLessThan(5 * before + 500);
			}
			finally {
				for (EventClient watcher : watchers) {
					watcher.close();
				}
			}
		}
	}

	private static Set<?> streams(RunningServer server) {
		return (Set<?>) ReflectionTestUtils.getField(server.bean(EventStreams.class), "streams");
	}

	private static double median(RawHttpClient client) throws Exception {
		long[] times = new long[REQUESTS];
		for (int i = 0; i < REQUESTS; i++) {
			long start = System.nanoTime();
			assertThat(client.get("/plain").status()).isEqualTo(200);
			times[i] = System.nanoTime() - start;
		}
		Arrays.sort(times);
		return times[REQUESTS / 2] / 1000.0;
	}

}
