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

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import io.github.earlyresponse.engine.AttemptCount;
import io.github.earlyresponse.engine.StoreObserver;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Decides what becomes of post-phases whose process has died: another attempt, or a dead
 * letter if too many processes have died while they had it.
 */
final class CrashHandler {

	private static final Log logger = LogFactory.getLog(CrashHandler.class);

	private final PostPhaseTable table;

	private final StoreSettings settings;

	private final DeadLetterNotifier deadLetterNotifier;

	private final Supplier<StoreObserver> observer;

	/**
	 * Creates the handler.
	 * @param table where post-phases are stored
	 * @param settings how often processes may die
	 * @param deadLetterNotifier is notified of dead letters
	 * @param observer is notified of crashes
	 */
	CrashHandler(PostPhaseTable table, StoreSettings settings, DeadLetterNotifier deadLetterNotifier,
			Supplier<StoreObserver> observer) {
		this.table = table;
		this.settings = settings;
		this.deadLetterNotifier = deadLetterNotifier;
		this.observer = observer;
	}

	/**
	 * Ends leases, in the transaction of the current thread.
	 * @param leased what was leased
	 * @return notifies of what has become of them, after the commit
	 */
	Runnable end(List<PostPhaseTable.Leased> leased) {
		List<PostPhaseTable.Revival> revivals = new ArrayList<>();
		List<LeaseEnd.Burial> burials = new ArrayList<>();
		for (PostPhaseTable.Leased each : leased) {
			PostPhaseTable.Row row = each.row();
			// With the last chance it was counted before it started, if it has
			int count = (this.settings.isLastChance(row.crashes())) ? 0 : 1;
			int crashes = row.crashes() + count;
			if (crashes < this.settings.deadAfterCrashes()) {
				revivals.add(new PostPhaseTable.Revival(each.lease(), row.attempts().started() + count, crashes));
			}
			else {
				burials.add(burial(each, crashes));
			}
		}
		List<Runnable> notifications = new ArrayList<>();
		int[] revived = this.table.revive(revivals);
		for (int i = 0; i < revived.length; i++) {
			if (revived[i] != 0) {
				String name = revivals.get(i).lease().name();
				notifications.add(() -> this.observer.get().crashed(name));
			}
		}
		int[] buried = this.table.bury(burials);
		for (int i = 0; i < buried.length; i++) {
			if (buried[i] != 0) {
				LeaseEnd.Burial burial = burials.get(i);
				notifications.add(() -> notify(burial));
			}
		}
		return () -> notifications.forEach(Runnable::run);
	}

	private static LeaseEnd.Burial burial(PostPhaseTable.Leased leased, int crashes) {
		String reason = (crashes == 1) ? "a process has died while it had it"
				: crashes + " processes have died while they had it";
		AttemptCount attempts = leased.row().attempts();
		return new LeaseEnd.Burial(leased.lease(),
				new AttemptCount(attempts.started() + 1, attempts.failures(), attempts.deferrals()), reason,
				Instant.now(), new Progress(crashes, null), null);
	}

	private void notify(LeaseEnd.Burial burial) {
		logger.error(burial.lease() + " becomes a dead letter, because " + burial.failure());
		this.observer.get().crashed(burial.lease().name());
		this.deadLetterNotifier.add(burial.deadLetter());
	}

}
