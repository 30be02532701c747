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

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.DeadLetter;
import io.github.earlyresponse.DurablePage;
import io.github.earlyresponse.DurablePostPhase;
import io.github.earlyresponse.DurableQuery;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseRejectedException;
import io.github.earlyresponse.RequestSnapshot;
import io.github.earlyresponse.call.PostPhaseMethod;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.engine.PostPhaseRecord;
import io.github.earlyresponse.engine.PostPhaseStore;
import io.github.earlyresponse.engine.StoreClient;
import io.github.earlyresponse.engine.StoreObserver;
import io.github.earlyresponse.engine.StoredCounts;
import io.github.earlyresponse.engine.StoredPostPhase;
import io.github.earlyresponse.engine.Takeover;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.Assert;

/**
 * Stores post-phases in a table. A row is born leased by the node that answers its
 * client, which runs it from memory and deletes it. Only what that node does not get done
 * is seen by anybody else.
 */
final class JdbcPostPhaseStore implements PostPhaseStore {

	private static final Log logger = LogFactory.getLog(JdbcPostPhaseStore.class);

	/** To which nobody has access. */
	private static final String UNKNOWN_OWNER = "";

	private final PostPhaseTable table;

	private final NodeTable nodes;

	private final JoinableTransaction joinable;

	private final SeparateTransactions separateTransactions;

	private final TransactionOperations ownTransaction;

	private final TransactionOperations readCommitted;

	private final PayloadCodec codec;

	private final StoreSettings settings;

	private final Leases leases;

	private final CheckpointWriter checkpoints;

	private final LeaseEndWriter ends;

	private final DeadLetters deadLetters;

	private final StatusWriter statusWriter;

	private final StatusReader statusReader;

	private final Cancellations cancellations;

	private final StoredPostPhaseCounter counter;

	private final Housekeeping housekeeping = new Housekeeping("post-phase-housekeeping-");

	private final Housekeeping statusTask = new Housekeeping("post-phase-status-");

	private final Housekeeping cancellationTask = new Housekeeping("post-phase-cancellation-");

	private final DeadLetterNotifier deadLetterNotifier = new DeadLetterNotifier();

	private final Backlog backlog;

	private final CheckpointCodec checkpointCodec;

	private final UnreadablePostPhases unreadable;

	private final Supplier<Map<String, PostPhaseMethod>> methods;

	private final NodeRole role;

	private final TakeoverFactory takeoverFactory;

	private final Supplier<StoreObserver> observers;

	/**
	 * The first versions of rows. Each is another one, because a post-phase can be
	 * inserted again while its former row is still to be deleted.
	 */
	private final AtomicLong firstVersions = new AtomicLong();

	private final TakeoverHandler handler;

	private final CrashHandler crashHandler;

	private final DeadNodes deadNodes;

	private @Nullable Takeovers takeovers;

	private volatile @Nullable StoreClient client;

	private volatile StoreObserver observer = StoreObserver.none();

	JdbcPostPhaseStore(PostPhaseTable table, DuePostPhases due, NodeTable nodes, StatusTables status,
			DatabaseClock clock, JoinableTransaction joinable, OwnTransaction ownTransaction, PayloadCodec codec,
			CheckpointCodec checkpointCodec, StoreSettings settings, Supplier<Map<String, PostPhaseMethod>> methods,
			NodeRole role, TakeoverFactory takeoverFactory, Supplier<StoreObserver> observers,
			Function<Predicate<Lease>, Leases> leases) {
		this.table = table;
		this.nodes = nodes;
		this.joinable = joinable;
		this.separateTransactions = new SeparateTransactions(joinable);
		this.ownTransaction = ownTransaction;
		this.codec = codec;
		this.settings = settings;
		this.methods = methods;
		this.role = role;
		this.takeoverFactory = takeoverFactory;
		this.observers = observers;
		this.leases = leases.apply(this::lost);
		// With a higher isolation, what others have changed since would fail a batch, and
		// some databases lock what is between the rows
		this.readCommitted = ownTransaction.readCommitted();
		SerialTransactions transactions = new SerialTransactions(this.readCommitted);
		this.checkpoints = new CheckpointWriter(table, joinable, transactions, checkpointCodec,
				settings.checkpointInterval(), this::lost);
		this.statusWriter = status.writer(transactions, settings.status());
		this.deadLetters = new DeadLetters(table, this.readCommitted, this.statusWriter);
		this.statusReader = status.reader(settings.status(), this::currentName);
		this.cancellations = status.cancellations(table, this.readCommitted, this.statusWriter, this::currentName,
				settings.node(), () -> this.client);
		this.ends = new LeaseEndWriter(table, transactions, this.statusWriter, this::ended,
				this.deadLetterNotifier::add, () -> this.observer);
		this.counter = new StoredPostPhaseCounter(table, ownTransaction, settings.countInterval());
		this.housekeeping.add(this.counter, settings.countInterval());
		Duration keepDeadLetters = settings.keepDeadLetters();
		if (keepDeadLetters != null) {
			DeadLetterCleanup cleanup = new DeadLetterCleanup(table, ownTransaction, keepDeadLetters);
			this.housekeeping.add(cleanup, cleanup.interval());
		}
		this.cancellationTask.add(this.cancellations::look, Cancellations.INTERVAL);
		if (settings.status().enabled()) {
			this.statusTask.add(this.statusWriter::write, settings.status().interval());
			this.housekeeping.add(this.statusWriter::cleanUp, this.statusWriter.cleanUpInterval());
		}
		UnknownPostPhases unknown = new UnknownPostPhases(table, ownTransaction, settings.unknownAfter(),
				() -> methods.get().keySet(), this.deadLetterNotifier::add);
		this.housekeeping.add(unknown, unknown.interval(), unknown.interval());
		this.backlog = new Backlog(table::countDue, settings.maxBacklog());
		this.checkpointCodec = checkpointCodec;
		this.unreadable = new UnreadablePostPhases(due, nodes, ownTransaction, settings);
		this.handler = new TakeoverHandler(table, ownTransaction, settings, this::takeOver);
		this.crashHandler = new CrashHandler(table, settings, this.deadLetterNotifier, () -> this.observer);
		this.deadNodes = new DeadNodes(nodes, table, this.readCommitted, settings, clock, this.leases::isOutage,
				this.crashHandler, this::trigger);
	}

	@Override
	public void start(StoreClient client) {
		this.client = client;
		// Not before the start, because it may depend on the store
		this.observer = this.observers.get();
		this.deadLetterNotifier.start(client::deadLettered);
		this.ends.start();
		this.checkpoints.start();
		this.leases.start();
		announce();
		startTakeovers();
		this.statusTask.start();
		this.cancellationTask.start();
		this.deadNodes.start();
		this.housekeeping.start();
		countBacklog();
	}

	private void startTakeovers() {
		List<String> names = this.role.takeovers();
		if (!names.isEmpty()) {
			this.takeovers = this.takeoverFactory.create(names, this.handler);
			this.takeovers.start();
		}
	}

	/**
	 * Others hear of this node before it has leases, and it knows what time it is.
	 */
	private void announce() {
		try {
			this.leases.renew();
			this.deadNodes.compareClocks();
		}
		catch (DataAccessException | TransactionException ex) {
			logger.warn("Other nodes have not heard of this one so far, which is tried again", ex);
		}
	}

	private void countBacklog() {
		try {
			this.backlog.count();
		}
		catch (DataAccessException ex) {
			logger.warn("The post-phases that wait for capacity cannot be counted", ex);
		}
	}

	@Override
	public int crash() {
		List<Lease> lost = this.leases.giveUp(this::isLost);
		lost.forEach(this::remove);
		lost.forEach(this::crash);
		trigger();
		return lost.size();
	}

	private void crash(Lease lease) {
		Runnable notification = this.ownTransaction.execute((status) -> {
			PostPhaseTable.Row row = this.table.find(lease.name(), lease.id(), lease.version());
			return this.crashHandler.end((row != null) ? List.of(new PostPhaseTable.Leased(lease, row)) : List.of());
		});
		notification.run();
	}

	private void trigger() {
		if (this.takeovers != null) {
			this.takeovers.trigger();
		}
	}

	@Override
	public void stopTakingOver() {
		if (this.takeovers != null) {
			this.takeovers.pause();
		}
	}

	@Override
	public void stop() {
		this.deadNodes.stop();
		if (this.takeovers != null) {
			this.takeovers.stop();
		}
		this.housekeeping.stop();
		this.cancellationTask.stop();
		this.statusTask.stop();
		this.checkpoints.stop();
		this.ends.stop();
		this.statusWriter.stop();
		this.leases.stop();
		this.deadLetterNotifier.stop();
	}

	@Override
	public List<StoredPostPhase> store(List<StoredPostPhase> former, List<PostPhaseRecord> records) {
		List<Lease> obsolete = obsolete(former, records);
		if (obsolete.isEmpty() && records.isEmpty()) {
			return List.of();
		}
		List<LeasedPostPhase> stored = new ArrayList<>(records.size());
		List<Lease> added = new ArrayList<>(records.size());
		for (PostPhaseRecord record : records) {
			LeasedPostPhase leased = lease(record);
			stored.add(leased);
			added.add(leased.lease());
		}
		try {
			if (this.joinable.isActive()) {
				stored.forEach(LeasedPostPhase::pending);
				replaceInTransaction(obsolete, added);
				if (!stored.isEmpty()) {
					followTransaction(stored);
				}
			}
			else {
				this.separateTransactions.warn(added.stream().map(Lease::name).toList());
				replaceInOwnTransaction(obsolete, added);
			}
		}
		catch (DataAccessResourceFailureException | TransientDataAccessException | RecoverableDataAccessException
				| TransactionException ex) {
			// Of a transaction whose connection broke, the failed rollback is all there
			// is
			logger.warn("Post-phases cannot be stored", ex);
			throw unavailable();
		}
		obsolete.forEach(this::remove);
		return List.copyOf(stored);
	}

	private static List<Lease> obsolete(List<StoredPostPhase> former, List<PostPhaseRecord> records) {
		if (former.isEmpty()) {
			return List.of();
		}
		// What is uncertain goes on if it is there, unless something else takes its place
		return former.stream()
			.map(LeasedPostPhase.class::cast)
			.filter((leased) -> !leased.isUncertain() || !records.isEmpty())
			.map(LeasedPostPhase::lease)
			.toList();
	}

	private PostPhaseRejectedException unavailable() {
		return new PostPhaseRejectedException("The work cannot be stored at the moment.", this.settings.retryAfter());
	}

	@Override
	public boolean worksOn(String name) {
		return this.role.worksOn(name);
	}

	@Override
	public @Nullable StoredCounts counts() {
		return this.counter.get();
	}

	@Override
	public boolean reserveBacklog(int number) {
		try {
			return this.backlog.admit(number);
		}
		catch (DataAccessException ex) {
			logger.warn("The post-phases that wait for capacity cannot be counted", ex);
			return false;
		}
	}

	private void ended(LeaseEnd end) {
		remove(end.lease());
		if (end instanceof LeaseEnd.HandBack handBack && handBack.enqueued()) {
			this.backlog.stored();
		}
	}

	@Override
	public void releaseBacklog(int number) {
		this.backlog.release(number);
	}

	@Override
	public List<DeadLetter> deadLetters(int limit) {
		return this.deadLetters.list(limit);
	}

	@Override
	public boolean replay(String id) {
		return this.deadLetters.replay(id);
	}

	@Override
	public boolean discard(String id) {
		return this.deadLetters.discard(id);
	}

	@Override
	public int replayAll(String name) {
		return this.deadLetters.replayAll(name);
	}

	@Override
	public int discardAll(String name) {
		return this.deadLetters.discardAll(name);
	}

	@Override
	public Map<String, DurablePostPhase> find(Collection<String> ids) {
		return Objects.requireNonNull(this.readCommitted.execute((status) -> this.statusReader.find(ids)));
	}

	@Override
	public DurablePage list(DurableQuery query) {
		return Objects.requireNonNull(this.readCommitted.execute((status) -> this.statusReader.list(query)));
	}

	@Override
	public boolean cancel(String id, Duration grace) {
		return this.cancellations.cancel(id, grace);
	}

	private String currentName(String stored) {
		PostPhaseMethod method = this.methods.get().get(stored);
		return (method != null) ? method.name() : stored;
	}

	private void remove(Lease lease) {
		this.leases.remove(lease);
		this.statusWriter.remove(lease);
	}

	@Override
	public @Nullable PostPhaseRecord storeInTransaction(String name, Supplier<PostPhaseRecord> record,
			Runnable rolledBack, Runnable uncertain) {
		if (!this.joinable.isActive()) {
			this.separateTransactions.warn(List.of(name));
			return null;
		}
		PostPhaseRecord made = record.get();
		LeasedPostPhase stored = (LeasedPostPhase) store(List.of(), List.of(made)).get(0);
		TransactionSynchronizationManager.registerSynchronization(new RollbackSynchronization(() -> {
			remove(stored.lease());
			rolledBack.run();
		}, uncertain, () -> this.table.delete(List.of(stored.lease()))));
		return made.storedAs(stored);
	}

	private void replaceInTransaction(List<Lease> obsolete, List<Lease> added) {
		added.forEach(this.leases::add);
		try {
			renewIfInvalid();
			replace(obsolete, added);
		}
		catch (RuntimeException | Error ex) {
			// The transaction is rolled back
			added.forEach(this::remove);
			throw ex;
		}
	}

	/**
	 * Follows the transaction that inserts post-phases. Nobody sees their leases before
	 * the commit, and they must be valid from then on.
	 */
	private void followTransaction(List<LeasedPostPhase> stored) {
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

			@Override
			public void beforeCommit(boolean readOnly) {
				renewIfInvalid();
			}

			@Override
			public void afterCompletion(int status) {
				boolean uncertain = status == STATUS_UNKNOWN;
				stored.forEach((leased) -> leased.completed(uncertain));
			}

		});
	}

	/**
	 * If this process did not run for some time, others may think that it has died, and
	 * would take the leases over before the response. They have to hear of it before they
	 * can see them.
	 */
	private void renewIfInvalid() {
		if (this.leases.areValid()) {
			return;
		}
		if (!this.leases.haveOwnConnection()) {
			// Nobody may have another one than the current transaction
			this.nodes.beat(this.settings.node());
		}
		else if (!this.leases.renewNow()) {
			throw unavailable();
		}
	}

	private void replaceInOwnTransaction(List<Lease> obsolete, List<Lease> added) {
		added.forEach(this.leases::add);
		try {
			this.ownTransaction.executeWithoutResult((status) -> {
				renewIfInvalid();
				replace(obsolete, added);
			});
		}
		catch (RuntimeException | Error ex) {
			// If the connection broke during the commit they may have been stored
			added.forEach((lease) -> this.ends.add(new LeaseEnd.Deletion(lease, false, null)));
			throw ex;
		}
	}

	private void replace(List<Lease> obsolete, List<Lease> added) {
		if (!obsolete.isEmpty()) {
			this.table.delete(obsolete);
		}
		if (!added.isEmpty()) {
			this.table.insert(added, this.settings.node());
		}
	}

	private LeasedPostPhase lease(PostPhaseRecord record) {
		Assert.state(record.work() instanceof PostPhaseWork.Call, "Only calls can be stored");
		PostPhaseWork.Call call = (PostPhaseWork.Call) record.work();
		PostPhaseMethod method = call.method();
		byte[] payload = this.codec.write(call, record.context(), record.request());
		Lease lease = new Lease(record.postPhase().name(), record.postPhase().id(),
				this.firstVersions.incrementAndGet(), owner(record.postPhase()), record.postPhase().acceptedAt(), 0,
				payload);
		// Keeps none of the handler's objects, which the payload has taken the place of
		LazyPayload read = new LazyPayload(() -> this.codec.read(payload, method));
		RequestSnapshot request = (record.request() != null) ? this.codec.storable(record.request()) : null;
		return leased(lease, method, read, request, null);
	}

	/**
	 * The owner. It is not determined if this node shows nothing to clients; others that
	 * do must not show it to everybody.
	 */
	private @Nullable String owner(PostPhaseExecution postPhase) {
		return (this.settings.status().enabled()) ? postPhase.owner() : UNKNOWN_OWNER;
	}

	private LeasedPostPhase leased(Lease lease, PostPhaseMethod method, Supplier<Payload> payload,
			@Nullable RequestSnapshot request, @Nullable Checkpoint last) {
		LeasedCheckpoints checkpoints = new LeasedCheckpoints(lease, last, this.checkpoints);
		LeasedStatus status = new LeasedStatus(lease, this.statusWriter);
		StoredCall work = new StoredCall(method, () -> new PostPhaseWork.Call(method, payload.get().arguments()),
				(committed) -> complete(checkpoints, status, committed));
		ContextCarrier.Context context = () -> payload.get().context().open();
		return new LeasedPostPhase(lease, work, context, request, checkpoints, this.settings.takeoverAfter(), this.ends,
				status, this.settings.node());
	}

	/**
	 * Makes an attempt of a post-phase that was picked, on the current thread.
	 */
	private void takeOver(Lease lease, DuePostPhases.Picked picked) {
		PostPhaseTable.Row row = picked.row();
		PostPhaseMethod method = this.methods.get().get(lease.name());
		StoreClient client = this.client;
		if (method == null || client == null) {
			return;
		}
		// Before it is read, which may take longer than leases are left that nobody has
		this.leases.add(lease);
		Takeover takeover = null;
		try {
			LazyPayload payload = new LazyPayload(() -> this.codec.read(lease.payload(), method));
			UnreadablePayloadException unreadable = unreadable(lease, payload, row.checkpoint(), method);
			if (unreadable != null && this.unreadable.leave(lease, picked.leftSince(), unreadable)) {
				return;
			}
			takeover = new Takeover(lease.id(), method.name(), row.owner(), row.acceptedAt(), row.replayedAt(),
					picked.due(), row.attempts(), leased(lease, method, payload, payload.request(), row.checkpoint()));
		}
		finally {
			if (takeover == null) {
				this.leases.remove(lease);
			}
		}
		client.takeOver(takeover);
	}

	/**
	 * Why a post-phase cannot be read here.
	 * @return the reason, {@code null} if it can, as far as the type of its checkpoint is
	 * known
	 */
	private @Nullable UnreadablePayloadException unreadable(Lease lease, LazyPayload payload,
			@Nullable Checkpoint checkpoint, PostPhaseMethod method) {
		try {
			payload.get();
			if (checkpoint != null && method.checkpointType() != Object.class) {
				this.checkpointCodec.read(checkpoint.cursor(), method.checkpointType(), lease);
			}
			return null;
		}
		catch (UnreadablePayloadException ex) {
			return ex;
		}
		catch (RuntimeException | Error ex) {
			// Fails the attempt
			return null;
		}
	}

	/**
	 * Deletes the row of a post-phase in its own transaction.
	 */
	private void complete(LeasedCheckpoints checkpoints, LeasedStatus status, Runnable committed) {
		checkpoints.deleting();
		afterCompletion((result) -> checkpoints.completed());
		Lease lease = checkpoints.lease();
		if (this.table.delete(List.of(lease))[0] == 0) {
			lost(lease);
			throw new LeaseLostException(lease);
		}
		FinishedStatus finished = status.finished(PostPhaseOutcome.COMPLETED, null);
		if (finished != null) {
			this.statusWriter.finished(List.of(finished), List.of());
		}
		afterCompletion((result) -> {
			if (result == TransactionSynchronization.STATUS_COMMITTED) {
				committed.run();
			}
		});
	}

	private static void afterCompletion(IntConsumer action) {
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

			@Override
			public void afterCompletion(int status) {
				action.accept(status);
			}

		});
	}

	boolean canCompleteInTransaction() {
		return this.joinable.isActive();
	}

	/**
	 * The lease of a post-phase is lost, or about to be.
	 * @return {@code false} if it goes on here: it has ended, or not begun
	 */
	private boolean lost(Lease lease) {
		LeasedPostPhase lost = giveUp(lease);
		if (lost != null) {
			// For the case that nobody has taken it over so far
			lost.handBack(true);
		}
		return lost != null;
	}

	private boolean isLost(Lease lease) {
		return giveUp(lease) != null;
	}

	/**
	 * Stops what runs with a lease.
	 * @return what was stopped, {@code null} if it goes on here
	 */
	private @Nullable LeasedPostPhase giveUp(Lease lease) {
		StoreClient client = this.client;
		AtomicReference<LeasedPostPhase> found = new AtomicReference<>();
		boolean lost = client != null && client.lost(lease.id(), (stored) -> {
			LeasedPostPhase leased = (LeasedPostPhase) stored;
			found.set(leased);
			return leased.lease().key().equals(lease.key());
		});
		return (lost) ? found.get() : null;
	}

	/**
	 * How many leases this node has.
	 */
	int leaseCount() {
		return this.leases.count();
	}

	/**
	 * Creates the takeovers when the post-phases are known.
	 */
	@FunctionalInterface
	interface TakeoverFactory {

		/**
		 * Creates the takeovers.
		 * @param names the names of the post-phases
		 * @param handler handles those that are found
		 * @return the takeovers, not started
		 */
		Takeovers create(List<String> names, Takeovers.Handler handler);

	}

}
