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

import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.github.earlyresponse.IdempotencyException;
import io.github.earlyresponse.PostPhaseRejectedException;
import io.github.earlyresponse.engine.IdempotencyClaim;
import io.github.earlyresponse.engine.IdempotencyStore;
import io.github.earlyresponse.engine.IdempotentRequest;
import io.github.earlyresponse.engine.StoredResult;
import io.github.earlyresponse.jdbc.RequestTable.Claim;
import io.github.earlyresponse.jdbc.RequestTable.Row;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Stores the results of idempotent handlers in a table. A request is claimed by a row of
 * its own before its handler is called, so that it is handled once at a time on all
 * nodes; the result gets there in the transaction of the handler, so that it is there if
 * and only if the work is.
 * <p>
 * It does nothing, and needs no table, unless there is an idempotent handler.
 */
final class JdbcIdempotencyStore implements IdempotencyStore, SmartLifecycle {

	private static final Log logger = LogFactory.getLog(JdbcIdempotencyStore.class);

	/**
	 * How often somebody else may be faster before the request counts as being handled.
	 */
	private static final int MAX_ATTEMPTS = 5;

	/** How long a claim is kept at most that never gets a result, beyond the results. */
	private static final Duration LONGEST_HANDLER = Duration.ofDays(1);

	private final Supplier<RequestTable> tables;

	private final JoinableTransaction joinable;

	private final TransactionOperations ownTransaction;

	private final ResultCodec codec;

	private final IdempotencySettings settings;

	private final Predicate<String> deadNodes;

	private final Housekeeping housekeeping = new Housekeeping("post-phase-requests-");

	/** The tokens of what this node is handling. */
	private final Set<String> handled = ConcurrentHashMap.newKeySet();

	/** What could not be deleted so far. */
	private final Set<Release> releases = ConcurrentHashMap.newKeySet();

	private volatile @Nullable RequestTable table;

	private volatile boolean running;

	/**
	 * Creates the store.
	 * @param tables checks the table, and creates the statements on it
	 * @param joinable finds out whether the current transaction can be used
	 * @param ownTransaction the transaction of whatever cannot be done in another one
	 * @param codec turns results into JSON
	 * @param settings its settings
	 * @param deadNodes whether a node has died, so that nobody handles what it has
	 * claimed
	 */
	JdbcIdempotencyStore(Supplier<RequestTable> tables, JoinableTransaction joinable,
			TransactionOperations ownTransaction, ResultCodec codec, IdempotencySettings settings,
			Predicate<String> deadNodes) {
		this.tables = tables;
		this.joinable = joinable;
		this.ownTransaction = ownTransaction;
		this.codec = codec;
		this.settings = settings;
		this.deadNodes = deadNodes;
		ExpiredRequestCleanup cleanup = new ExpiredRequestCleanup(this::table, ownTransaction, settings.keepFor());
		this.housekeeping.add(cleanup, cleanup.interval());
		this.housekeeping.add(this::releaseAgain, settings.takeoverAfter(), settings.takeoverAfter());
	}

	@Override
	public synchronized void prepare() {
		boolean first = this.table == null;
		table();
		if (first && this.running) {
			// For a handler that was registered after the start
			this.housekeeping.start();
		}
	}

	@Override
	public void checkBody(Type bodyType, String handler) {
		this.codec.check(bodyType, handler);
	}

	private RequestTable table() {
		RequestTable table = this.table;
		if (table == null) {
			table = this.tables.get();
			this.table = table;
		}
		return table;
	}

	@Override
	public synchronized void start() {
		this.running = true;
		if (this.table != null) {
			this.housekeeping.start();
		}
	}

	@Override
	public synchronized void stop() {
		this.running = false;
		this.housekeeping.stop();
		releaseAgain();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/**
	 * Stops after the web server, which may still handle requests.
	 */
	@Override
	public int getPhase() {
		return 0;
	}

	@Override
	public IdempotencyClaim claim(IdempotentRequest request) {
		try {
			for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
				IdempotencyClaim claim = tryToClaim(request);
				if (claim != null) {
					return claim;
				}
			}
			return new IdempotencyClaim.InProgress();
		}
		catch (DataAccessResourceFailureException | TransientDataAccessException | RecoverableDataAccessException
				| TransactionException ex) {
			logger.warn("A request cannot be claimed", ex);
			throw unavailable();
		}
	}

	private PostPhaseRejectedException unavailable() {
		return new PostPhaseRejectedException("The work cannot be stored at the moment.", this.settings.retryAfter());
	}

	/**
	 * Claims a request.
	 * @return the claim, {@code null} if somebody else was faster
	 */
	private @Nullable IdempotencyClaim tryToClaim(IdempotentRequest request) {
		Instant now = Instant.now();
		Claim claim = new Claim(request.id(), request.fingerprint(), UUID.randomUUID().toString(), this.settings.node(),
				now, now.plus(this.settings.keepFor()).plus(LONGEST_HANDLER));
		// Before anybody can see it
		this.handled.add(claim.token());
		IdempotencyClaim result = null;
		try {
			result = claim(request, claim);
		}
		catch (DuplicateKeyException | ConcurrencyFailureException ex) {
			return null;
		}
		catch (CannotCreateTransactionException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			// Perhaps it was committed. The request does not wait for the database again
			this.releases.add(new Release(claim, true));
			throw ex;
		}
		finally {
			if (!(result instanceof IdempotencyClaim.Granted)) {
				this.handled.remove(claim.token());
			}
		}
		return result;
	}

	/**
	 * Looks first, because a failed insertion is an error in the log of some databases.
	 * In a transaction of its own: after that, MariaDB may refuse to insert what somebody
	 * else has inserted meanwhile with an error of its own.
	 */
	private IdempotencyClaim claim(IdempotentRequest request, Claim claim) {
		Optional<Row> found = this.ownTransaction.execute((status) -> Optional.ofNullable(table().find(claim.id())));
		Row row = (found != null) ? found.orElse(null) : null;
		if (row == null) {
			this.ownTransaction.executeWithoutResult((status) -> table().insert(claim));
			return new GrantedClaim(request, claim);
		}
		if (row.expiresAt().isAfter(claim.claimedAt())) {
			if (!row.fingerprint().equals(claim.fingerprint())) {
				return new IdempotencyClaim.OtherContent();
			}
			if (row.result() != null) {
				return new IdempotencyClaim.Repeated(
						this.codec.read(row.result(), request.bodyType(), request.handler()));
			}
			if (!isGivenUp(row)) {
				return new IdempotencyClaim.InProgress();
			}
		}
		boolean taken = Boolean.TRUE
			.equals(this.ownTransaction.execute((status) -> table().takeOver(claim, row.token())));
		if (!taken) {
			throw new OptimisticLockingFailureException("Somebody else was faster");
		}
		return new GrantedClaim(request, claim);
	}

	/**
	 * Whether nobody handles the request any more: here, because its claim could not be
	 * deleted, or on a node that has died.
	 */
	private boolean isGivenUp(Row row) {
		if (row.node().equals(this.settings.node())) {
			return !this.handled.contains(row.token());
		}
		if (row.claimedAt().plus(this.settings.takeoverAfter()).isAfter(Instant.now())) {
			// Its node may not be known yet
			return false;
		}
		return Boolean.TRUE.equals(this.ownTransaction.execute((status) -> this.deadNodes.test(row.node())));
	}

	/**
	 * Deletes a claim, so that a repetition calls the handler.
	 * @param unlessStored whether it stays if it has a result
	 */
	private void release(Claim claim, boolean unlessStored) {
		Release release = new Release(claim, unlessStored);
		if (!tryToRelease(release)) {
			this.releases.add(release);
		}
	}

	private boolean tryToRelease(Release release) {
		try {
			this.ownTransaction
				.executeWithoutResult((status) -> table().delete(release.claim(), release.unlessStored()));
			return true;
		}
		catch (RuntimeException ex) {
			logger.warn("The claim of a request could not be deleted, which is tried again", ex);
			return false;
		}
	}

	/**
	 * Until one cannot be deleted, because the others would most likely not be either.
	 */
	private void releaseAgain() {
		for (Release release : this.releases) {
			if (!tryToRelease(release)) {
				return;
			}
			this.releases.remove(release);
		}
	}

	/**
	 * A claim to be deleted.
	 *
	 * @param claim the claim
	 * @param unlessStored whether it stays if it has a result
	 */
	private record Release(Claim claim, boolean unlessStored) {

	}

	/**
	 * The claim of a request that this node handles.
	 */
	private final class GrantedClaim implements IdempotencyClaim.Granted {

		private final JdbcIdempotencyStore store = JdbcIdempotencyStore.this;

		private final IdempotentRequest request;

		private final Claim claim;

		/**
		 * Whether a transaction with the result may have been committed without this node
		 * knowing: also if it is said to be rolled back, because that may be said of a
		 * commit whose answer was lost.
		 */
		private volatile boolean uncertain;

		GrantedClaim(IdempotentRequest request, Claim claim) {
			this.request = request;
			this.claim = claim;
		}

		@Override
		public boolean canStore() {
			return !TransactionSynchronizationManager.isActualTransactionActive() || this.store.joinable.isActive();
		}

		@Override
		public StoredResult store(StoredResult result) {
			byte[] payload = this.store.codec.write(result, this.request.bodyType(), this.request.handler());
			try {
				this.uncertain = true;
				if (this.store.joinable.isActive()) {
					update(payload);
					TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

						@Override
						public void afterCompletion(int status) {
							GrantedClaim.this.uncertain = status != STATUS_COMMITTED;
						}

					});
				}
				else {
					this.store.ownTransaction.executeWithoutResult((status) -> update(payload));
					this.uncertain = false;
				}
			}
			catch (DataAccessResourceFailureException | TransientDataAccessException | RecoverableDataAccessException
					| TransactionException ex) {
				logger.warn("The result of a request cannot be stored", ex);
				throw this.store.unavailable();
			}
			return this.store.codec.read(payload, this.request.bodyType(), this.request.handler());
		}

		private void update(byte[] payload) {
			Instant expiresAt = Instant.now().plus(this.store.settings.keepFor());
			if (!this.store.table().store(this.claim, payload, expiresAt)) {
				throw new IdempotencyException(HttpStatus.CONFLICT,
						"The request with this key is being handled elsewhere.", this.store.settings.retryAfter());
			}
		}

		@Override
		public void end(boolean success) {
			if (!success) {
				this.store.release(this.claim, this.uncertain);
			}
			this.store.handled.remove(this.claim.token());
		}

	}

}
