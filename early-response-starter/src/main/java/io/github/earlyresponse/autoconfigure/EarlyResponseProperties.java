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

package io.github.earlyresponse.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import io.github.earlyresponse.call.RetrySettings;
import io.github.earlyresponse.memory.WhenSaturated;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/**
 * Configuration properties for early responses.
 */
@ConfigurationProperties("early-response")
public class EarlyResponseProperties implements InitializingBean {

	/**
	 * Whether to run post-phases after the response. If disabled, annotated handlers are
	 * plain handlers, their post-phases never run, and the code after EarlyResponse.send
	 * runs before the response.
	 */
	private boolean enabled = true;

	/**
	 * Action to take on a request when there is no capacity for its post-phases.
	 */
	private WhenSaturated whenSaturated = WhenSaturated.REJECT;

	/**
	 * Time after which a rejected client may try again, sent as the Retry-After of the
	 * 503. Rounded up to seconds.
	 */
	private Duration retryAfter = Duration.ofSeconds(1);

	/**
	 * Time after which an attempt of a post-phase without its own time limit is
	 * interrupted, counted from its start. Zero means no limit.
	 */
	private Duration timeout = Duration.ZERO;

	private final Retry retry = new Retry();

	private final Durable durable = new Durable();

	private final Idempotency idempotency = new Idempotency();

	private final Executor executor = new Executor();

	private final Shutdown shutdown = new Shutdown();

	private final Context context = new Context();

	private final Upload upload = new Upload();

	private final Observation observation = new Observation();

	private final Health health = new Health();

	private final Status status = new Status();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public WhenSaturated getWhenSaturated() {
		return this.whenSaturated;
	}

	public void setWhenSaturated(WhenSaturated whenSaturated) {
		this.whenSaturated = whenSaturated;
	}

	public Duration getRetryAfter() {
		return this.retryAfter;
	}

	public void setRetryAfter(Duration retryAfter) {
		this.retryAfter = retryAfter;
	}

	public Duration getTimeout() {
		return this.timeout;
	}

	public void setTimeout(Duration timeout) {
		this.timeout = timeout;
	}

	public Retry getRetry() {
		return this.retry;
	}

	public Durable getDurable() {
		return this.durable;
	}

	public Idempotency getIdempotency() {
		return this.idempotency;
	}

	public Executor getExecutor() {
		return this.executor;
	}

	public Shutdown getShutdown() {
		return this.shutdown;
	}

	public Context getContext() {
		return this.context;
	}

	public Observation getObservation() {
		return this.observation;
	}

	public Upload getUpload() {
		return this.upload;
	}

	public Health getHealth() {
		return this.health;
	}

	public Status getStatus() {
		return this.status;
	}

	/**
	 * Checks the values after they have been bound.
	 * @throws org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException
	 * if one of them is out of bounds
	 */
	@Override
	public void afterPropertiesSet() {
		PropertyBounds.check(this);
	}

	/**
	 * Retries of post-phases without their own retry policy.
	 */
	public static class Retry {

		/**
		 * Maximum number of retries after the first attempt. Zero means no retries.
		 */
		private int maxRetries = 0;

		/**
		 * Delay before the first retry.
		 */
		private Duration delay = Duration.ofSeconds(1);

		/**
		 * Multiplier of the delay for each further retry.
		 */
		private double multiplier = 1;

		/**
		 * Maximum delay.
		 */
		private Duration maxDelay = Duration.ofDays(365);

		/**
		 * Random duration, at most this, that is added to or subtracted from the delay.
		 * The multiplier applies to it as well. Zero means no jitter.
		 */
		private Duration jitter = Duration.ZERO;

		/**
		 * Number of times in a row that a post-phase can throw a RetryLaterException
		 * before that counts as a failure.
		 */
		private int maxDeferrals = 100;

		/**
		 * Time since its acceptance after which a post-phase is not retried any more. By
		 * default, it is retried as often as max-retries says.
		 */
		private @Nullable Duration giveUpAfter;

		public Retry() {
		}

		private Retry(RetrySettings defaults) {
			this.maxRetries = (int) defaults.maxRetries();
			this.delay = defaults.delay();
			this.multiplier = defaults.multiplier();
			this.maxDelay = defaults.maxDelay();
			this.jitter = defaults.jitter();
		}

		public int getMaxRetries() {
			return this.maxRetries;
		}

		public void setMaxRetries(int maxRetries) {
			this.maxRetries = maxRetries;
		}

		public Duration getDelay() {
			return this.delay;
		}

		public void setDelay(Duration delay) {
			this.delay = delay;
		}

		public double getMultiplier() {
			return this.multiplier;
		}

		public void setMultiplier(double multiplier) {
			this.multiplier = multiplier;
		}

		public Duration getMaxDelay() {
			return this.maxDelay;
		}

		public void setMaxDelay(Duration maxDelay) {
			this.maxDelay = maxDelay;
		}

		public Duration getJitter() {
			return this.jitter;
		}

		public void setJitter(Duration jitter) {
			this.jitter = jitter;
		}

		public @Nullable Duration getGiveUpAfter() {
			return this.giveUpAfter;
		}

		public void setGiveUpAfter(@Nullable Duration giveUpAfter) {
			this.giveUpAfter = giveUpAfter;
		}

		public int getMaxDeferrals() {
			return this.maxDeferrals;
		}

		public void setMaxDeferrals(int maxDeferrals) {
			this.maxDeferrals = maxDeferrals;
		}

		RetrySettings settings() {
			return new RetrySettings(this.maxRetries, this.delay, this.multiplier, this.maxDelay, this.jitter);
		}

	}

	/**
	 * Repeated requests.
	 */
	public static class Idempotency {

		/**
		 * Time for which the results of idempotent handlers are kept, so that a repeated
		 * request gets the same response.
		 */
		private Duration keepFor = Duration.ofHours(24);

		public Duration getKeepFor() {
			return this.keepFor;
		}

		public void setKeepFor(Duration keepFor) {
			this.keepFor = keepFor;
		}

	}

	/**
	 * Durable post-phases.
	 */
	public static class Durable {

		private static final RetrySettings RETRY = new RetrySettings(10, Duration.ofSeconds(5), 3, Duration.ofHours(1),
				Duration.ofSeconds(1));

		/**
		 * Where durable post-phases are stored: jdbc for the database of the application,
		 * memory to lose them with the process, for development, or none to not allow
		 * them.
		 */
		private DurableEngine engine = DurableEngine.NONE;

		/**
		 * Maximum size of a stored post-phase: its arguments, context and request as
		 * JSON.
		 */
		private DataSize maxPayload = DataSize.ofMegabytes(1);

		/**
		 * Number of times that a process can die while it has a durable post-phase before
		 * that becomes a dead letter.
		 */
		private int deadAfterCrashes = 3;

		/**
		 * Time after which dead letters are deleted. By default, they are kept until they
		 * are replayed or discarded.
		 */
		private @Nullable Duration keepDeadLetters;

		/**
		 * Maximum number of durable post-phases that wait for a node with capacity before
		 * further requests are rejected, if when-saturated is enqueue.
		 */
		private int maxBacklog = 10_000;

		/**
		 * Interval at which checkpoints are stored that are not part of a transaction.
		 */
		private Duration checkpointInterval = Duration.ofSeconds(1);

		/**
		 * Interval at which a node stores the progress of its durable post-phases, for
		 * the status resource. Used only if early-response.status.enabled is true.
		 */
		private Duration progressInterval = Duration.ofSeconds(1);

		/**
		 * Time to wait at shutdown for durable post-phases that are running, before they
		 * are interrupted and handed back to other nodes. By default, as long as for all
		 * others (early-response.shutdown.timeout).
		 */
		private @Nullable Duration handBackAfter;

		/**
		 * Names of request headers that are not stored, in any case, or * to store none.
		 */
		private List<String> excludedHeaders = List.of("Authorization", "Proxy-Authorization", "Cookie", "X-Api-Key",
				"X-Auth-Token", "X-Csrf-Token", "X-Xsrf-Token");

		private final StoredContext context = new StoredContext();

		private final Retry retry = new Retry(RETRY);

		public DurableEngine getEngine() {
			return this.engine;
		}

		public void setEngine(DurableEngine engine) {
			this.engine = engine;
		}

		public DataSize getMaxPayload() {
			return this.maxPayload;
		}

		public void setMaxPayload(DataSize maxPayload) {
			this.maxPayload = maxPayload;
		}

		public int getDeadAfterCrashes() {
			return this.deadAfterCrashes;
		}

		public void setDeadAfterCrashes(int deadAfterCrashes) {
			this.deadAfterCrashes = deadAfterCrashes;
		}

		public @Nullable Duration getKeepDeadLetters() {
			return this.keepDeadLetters;
		}

		public void setKeepDeadLetters(@Nullable Duration keepDeadLetters) {
			this.keepDeadLetters = keepDeadLetters;
		}

		public int getMaxBacklog() {
			return this.maxBacklog;
		}

		public void setMaxBacklog(int maxBacklog) {
			this.maxBacklog = maxBacklog;
		}

		public Duration getCheckpointInterval() {
			return this.checkpointInterval;
		}

		public void setCheckpointInterval(Duration checkpointInterval) {
			this.checkpointInterval = checkpointInterval;
		}

		public Duration getProgressInterval() {
			return this.progressInterval;
		}

		public void setProgressInterval(Duration progressInterval) {
			this.progressInterval = progressInterval;
		}

		public @Nullable Duration getHandBackAfter() {
			return this.handBackAfter;
		}

		public void setHandBackAfter(@Nullable Duration handBackAfter) {
			this.handBackAfter = handBackAfter;
		}

		public List<String> getExcludedHeaders() {
			return this.excludedHeaders;
		}

		public void setExcludedHeaders(List<String> excludedHeaders) {
			this.excludedHeaders = excludedHeaders;
		}

		public StoredContext getContext() {
			return this.context;
		}

		public Retry getRetry() {
			return this.retry;
		}

	}

	/**
	 * Context that is stored with durable post-phases.
	 */
	public static class StoredContext {

		/**
		 * Whether to store the name and the authorities of the user. Credentials are
		 * never stored.
		 */
		private boolean security = true;

		/**
		 * Whether to store the trace to which attempts belong.
		 */
		private boolean trace = true;

		/**
		 * Whether to store the SLF4J MDC.
		 */
		private boolean mdc = true;

		/**
		 * Whether to store the locale and time zone.
		 */
		private boolean locale = true;

		public boolean isSecurity() {
			return this.security;
		}

		public void setSecurity(boolean security) {
			this.security = security;
		}

		public boolean isTrace() {
			return this.trace;
		}

		public void setTrace(boolean trace) {
			this.trace = trace;
		}

		public boolean isMdc() {
			return this.mdc;
		}

		public void setMdc(boolean mdc) {
			this.mdc = mdc;
		}

		public boolean isLocale() {
			return this.locale;
		}

		public void setLocale(boolean locale) {
			this.locale = locale;
		}

		/**
		 * The contexts that are not stored.
		 * @return their names
		 */
		public Set<String> excluded() {
			Set<String> excluded = new TreeSet<>();
			Map.of("security", this.security, "trace", this.trace, "mdc", this.mdc, "locale", this.locale)
				.forEach((name, stored) -> {
					if (!stored) {
						excluded.add(name);
					}
				});
			return excluded;
		}

	}

	/**
	 * Threads on which post-phases run.
	 */
	public static class Executor {

		/**
		 * Whether to run post-phases on virtual threads: true, false, or auto, which
		 * follows spring.threads.virtual.enabled.
		 */
		private String virtualThreads = "auto";

		/**
		 * Maximum number of post-phases that run at once. Defaults to 16 on platform
		 * threads and to 256 on virtual threads. With an executor bean, which has its own
		 * concurrency, it only adds to the capacity.
		 */
		private @Nullable Integer maxConcurrency;

		/**
		 * Maximum number of accepted post-phases that wait for a thread.
		 */
		private int queueCapacity = 1000;

		/**
		 * Prefix to use for the names of newly created threads.
		 */
		private String threadNamePrefix = "post-phase-";

		/**
		 * Name of an Executor bean on which to run post-phases, instead of the library's
		 * own threads.
		 */
		private @Nullable String bean;

		public String getVirtualThreads() {
			return this.virtualThreads;
		}

		public void setVirtualThreads(String virtualThreads) {
			this.virtualThreads = virtualThreads;
		}

		public @Nullable Integer getMaxConcurrency() {
			return this.maxConcurrency;
		}

		public void setMaxConcurrency(@Nullable Integer maxConcurrency) {
			this.maxConcurrency = maxConcurrency;
		}

		public int getQueueCapacity() {
			return this.queueCapacity;
		}

		public void setQueueCapacity(int queueCapacity) {
			this.queueCapacity = queueCapacity;
		}

		public String getThreadNamePrefix() {
			return this.threadNamePrefix;
		}

		public void setThreadNamePrefix(String threadNamePrefix) {
			this.threadNamePrefix = threadNamePrefix;
		}

		public @Nullable String getBean() {
			return this.bean;
		}

		public void setBean(@Nullable String bean) {
			this.bean = bean;
		}

	}

	/**
	 * Shutdown of the application.
	 */
	public static class Shutdown {

		/**
		 * Maximum time to wait at shutdown for post-phases in flight, after the last
		 * request. Those that remain are interrupted and end as abandoned, or are handed
		 * back to other nodes if they are durable.
		 */
		private Duration timeout = Duration.ofSeconds(20);

		public Duration getTimeout() {
			return this.timeout;
		}

		public void setTimeout(Duration timeout) {
			this.timeout = timeout;
		}

	}

	/**
	 * Context that is propagated from a request to its post-phases.
	 */
	public static class Context {

		/**
		 * Whether to propagate the authentication of Spring Security to post-phases.
		 */
		private boolean security = true;

		/**
		 * Whether to propagate the current observation, and with it the trace, to
		 * post-phases.
		 */
		private boolean observation = true;

		/**
		 * Whether to propagate the SLF4J MDC to post-phases.
		 */
		private boolean mdc = true;

		/**
		 * Whether to propagate the locale and time zone to post-phases.
		 */
		private boolean locale = true;

		/**
		 * Whether a post-phase that accesses the current request gets an exception that
		 * names the alternatives. If disabled, it finds no request, as on any other
		 * thread.
		 */
		private boolean requestGuard = true;

		public boolean isSecurity() {
			return this.security;
		}

		public void setSecurity(boolean security) {
			this.security = security;
		}

		public boolean isObservation() {
			return this.observation;
		}

		public void setObservation(boolean observation) {
			this.observation = observation;
		}

		public boolean isMdc() {
			return this.mdc;
		}

		public void setMdc(boolean mdc) {
			this.mdc = mdc;
		}

		public boolean isLocale() {
			return this.locale;
		}

		public void setLocale(boolean locale) {
			this.locale = locale;
		}

		public boolean isRequestGuard() {
			return this.requestGuard;
		}

		public void setRequestGuard(boolean requestGuard) {
			this.requestGuard = requestGuard;
		}

	}

	/**
	 * Uploads that post-phases take.
	 */
	public static class Upload {

		/**
		 * Directory in which uploads are kept until their post-phases have ended.
		 * Defaults to the directory for temporary files.
		 */
		private @Nullable Path directory;

		public @Nullable Path getDirectory() {
			return this.directory;
		}

		public void setDirectory(@Nullable Path directory) {
			this.directory = directory;
		}

	}

	/**
	 * Observation of post-phases.
	 */
	public static class Observation {

		/**
		 * Whether a post-phase starts a new trace that is linked to the trace of its
		 * request, instead of being part of it.
		 */
		private boolean linked;

		/**
		 * Whether a post-phase is an observation even if only Micrometer's meters seem to
		 * observe it.
		 */
		private boolean always;

		public boolean isLinked() {
			return this.linked;
		}

		public void setLinked(boolean linked) {
			this.linked = linked;
		}

		public boolean isAlways() {
			return this.always;
		}

		public void setAlways(boolean always) {
			this.always = always;
		}

	}

	/**
	 * Contribution of the capacity for post-phases to the health of the application.
	 */
	public static class Health {

		/**
		 * Fraction of the capacity in flight at which the application becomes saturated.
		 * It also becomes saturated when it rejects a request.
		 */
		private double saturationThreshold = 0.95;

		/**
		 * Fraction of the capacity in flight at which the application is no longer
		 * saturated.
		 */
		private double recoveryThreshold = 0.8;

		/**
		 * Whether the application is out of service and not ready while it is saturated.
		 * Otherwise, it stays up.
		 */
		private boolean readiness;

		public double getSaturationThreshold() {
			return this.saturationThreshold;
		}

		public void setSaturationThreshold(double saturationThreshold) {
			this.saturationThreshold = saturationThreshold;
		}

		public double getRecoveryThreshold() {
			return this.recoveryThreshold;
		}

		public void setRecoveryThreshold(double recoveryThreshold) {
			this.recoveryThreshold = recoveryThreshold;
		}

		public boolean isReadiness() {
			return this.readiness;
		}

		public void setReadiness(boolean readiness) {
			this.readiness = readiness;
		}

	}

	/**
	 * Status resource, with which clients follow their post-phases.
	 */
	public static class Status {

		/**
		 * Whether to announce post-phases in response headers and expose their status.
		 * Requires Caffeine.
		 */
		private boolean enabled;

		/**
		 * Path of the status resource.
		 */
		private String path = "/post-phases";

		/**
		 * Time for which the status of a finished post-phase is kept.
		 */
		private Duration keepFor = Duration.ofMinutes(5);

		/**
		 * Maximum number of finished post-phases whose status is kept. Those that
		 * finished first are removed first.
		 */
		private int keepAtMost = 10000;

		/**
		 * Whether to show the message of the exception that a post-phase threw.
		 */
		private boolean showErrors;

		/**
		 * Whether clients may cancel their post-phases.
		 */
		private boolean cancellation;

		/**
		 * Time after which a post-phase that was cancelled by its client is interrupted.
		 */
		private Duration cancellationGrace = Duration.ofSeconds(5);

		/**
		 * Time after which a client should request the status of an unfinished post-phase
		 * again, sent as its Retry-After. Rounded up to seconds.
		 */
		private Duration retryAfter = Duration.ofSeconds(1);

		/**
		 * Interval at which changes are sent to clients that follow events.
		 */
		private Duration eventInterval = Duration.ofMillis(250);

		/**
		 * Time after which a client of an event stream that does not read is
		 * disconnected, and after which a comment keeps an idle stream alive.
		 */
		private Duration stallTimeout = Duration.ofSeconds(10);

		/**
		 * Maximum number of clients that follow events at once.
		 */
		private int watchAtMost = 5000;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

		public String getPath() {
			return this.path;
		}

		public void setPath(String path) {
			this.path = path;
		}

		public Duration getKeepFor() {
			return this.keepFor;
		}

		public void setKeepFor(Duration keepFor) {
			this.keepFor = keepFor;
		}

		public int getKeepAtMost() {
			return this.keepAtMost;
		}

		public void setKeepAtMost(int keepAtMost) {
			this.keepAtMost = keepAtMost;
		}

		public boolean isShowErrors() {
			return this.showErrors;
		}

		public void setShowErrors(boolean showErrors) {
			this.showErrors = showErrors;
		}

		public boolean isCancellation() {
			return this.cancellation;
		}

		public void setCancellation(boolean cancellation) {
			this.cancellation = cancellation;
		}

		public Duration getCancellationGrace() {
			return this.cancellationGrace;
		}

		public void setCancellationGrace(Duration cancellationGrace) {
			this.cancellationGrace = cancellationGrace;
		}

		public Duration getRetryAfter() {
			return this.retryAfter;
		}

		public void setRetryAfter(Duration retryAfter) {
			this.retryAfter = retryAfter;
		}

		public Duration getEventInterval() {
			return this.eventInterval;
		}

		public void setEventInterval(Duration eventInterval) {
			this.eventInterval = eventInterval;
		}

		public Duration getStallTimeout() {
			return this.stallTimeout;
		}

		public void setStallTimeout(Duration stallTimeout) {
			this.stallTimeout = stallTimeout;
		}

		public int getWatchAtMost() {
			return this.watchAtMost;
		}

		public void setWatchAtMost(int watchAtMost) {
			this.watchAtMost = watchAtMost;
		}

	}

}
