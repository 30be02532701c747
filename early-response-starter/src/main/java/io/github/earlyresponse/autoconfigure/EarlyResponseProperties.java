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

import io.github.earlyresponse.memory.WhenSaturated;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Configuration properties of early responses.
 */
@ConfigurationProperties("early-response")
public class EarlyResponseProperties implements InitializingBean {

	/**
	 * Whether annotated handlers continue after their response. If not they are plain
	 * handlers, their post-phases never run, and what follows EarlyResponse.send runs
	 * before the response.
	 */
	private boolean enabled = true;

	/**
	 * Where post-phases run.
	 */
	private Engine engine = Engine.MEMORY;

	/**
	 * What becomes of a request when there is no room for its post-phases.
	 */
	private WhenSaturated whenSaturated = WhenSaturated.REJECT;

	/**
	 * When a rejected client may try again: the Retry-After of the 503, in seconds,
	 * rounded up.
	 */
	private Duration retryAfter = Duration.ofSeconds(1);

	/**
	 * Time limit of a post-phase that has none of its own, counted from its start. Zero
	 * for no limit.
	 */
	private Duration timeout = Duration.ZERO;

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

	public Engine getEngine() {
		return this.engine;
	}

	public void setEngine(Engine engine) {
		this.engine = engine;
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
	 * Checks the values, once they were bound.
	 * @throws org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException
	 * if one of them is not allowed
	 */
	@Override
	public void afterPropertiesSet() {
		PropertyBounds.check(this);
	}

	/**
	 * Where post-phases can run.
	 */
	public enum Engine {

		/**
		 * In this process; a kill loses what was accepted.
		 */
		MEMORY

	}

	/**
	 * The threads of the post-phases.
	 */
	public static class Executor {

		/**
		 * Whether post-phases run on virtual threads: true, false, or auto, which follows
		 * spring.threads.virtual.enabled.
		 */
		private String virtualThreads = "auto";

		/**
		 * How many post-phases run at once. By default 16 on platform threads and 256 on
		 * virtual threads. With an executor bean, which has its own concurrency, it only
		 * adds to the capacity.
		 */
		private @Nullable Integer maxConcurrency;

		/**
		 * How many accepted post-phases wait for a thread. More are rejected.
		 */
		private int queueCapacity = 1000;

		/**
		 * Prefix of the names of the threads.
		 */
		private String threadNamePrefix = "post-phase-";

		/**
		 * Name of an Executor bean to run post-phases on, in place of threads of their
		 * own.
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
	 * What happens when the application stops.
	 */
	public static class Shutdown {

		/**
		 * How long stopping waits for post-phases in flight, after the last request. What
		 * is left is interrupted and ends as abandoned.
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
	 * What goes along from the request to its post-phases.
	 */
	public static class Context {

		/**
		 * Whether the authentication of Spring Security goes along.
		 */
		private boolean security = true;

		/**
		 * Whether the current observation, and with it the trace, goes along.
		 */
		private boolean observation = true;

		/**
		 * Whether the MDC of SLF4J goes along.
		 */
		private boolean mdc = true;

		/**
		 * Whether the locale and the time zone go along.
		 */
		private boolean locale = true;

		/**
		 * Whether a post-phase that asks for its request gets an exception that says what
		 * to use instead. Otherwise it finds none, as on any other thread.
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
		 * Directory in which they are kept until their post-phases have ended. By default
		 * that of temporary files.
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
	 * How post-phases are observed.
	 */
	public static class Observation {

		/**
		 * Whether a post-phase begins a trace of its own that is linked to the one of its
		 * request. Otherwise it is part of that.
		 */
		private boolean linked;

		public boolean isLinked() {
			return this.linked;
		}

		public void setLinked(boolean linked) {
			this.linked = linked;
		}

	}

	/**
	 * How the room for post-phases counts for the health of the application.
	 */
	public static class Health {

		/**
		 * Fraction of the capacity in flight at which the application is saturated, as it
		 * also is when it rejects a request.
		 */
		private double saturationThreshold = 0.95;

		/**
		 * Fraction of the capacity in flight at which the application is no longer
		 * saturated.
		 */
		private double recoveryThreshold = 0.8;

		/**
		 * Whether the application is out of service and not ready while it is saturated.
		 * Otherwise it is up.
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
	 * How clients follow their post-phases.
	 */
	public static class Status {

		/**
		 * Whether clients are told the id of their post-phase and can ask for its status.
		 * Needs Caffeine.
		 */
		private boolean enabled;

		/**
		 * Path of the status resource.
		 */
		private String path = "/post-phases";

		/**
		 * How long the status of a post-phase that has ended can be asked for.
		 */
		private Duration keepFor = Duration.ofMinutes(5);

		/**
		 * How many post-phases that have ended are kept. Of more, those that are asked
		 * for least go first.
		 */
		private int keepAtMost = 10000;

		/**
		 * Whether the message of what a post-phase threw is shown.
		 */
		private boolean showErrors;

		/**
		 * Whether clients may cancel their post-phases.
		 */
		private boolean cancellation;

		/**
		 * How long a post-phase that its client cancels may go on before it is
		 * interrupted.
		 */
		private Duration cancellationGrace = Duration.ofSeconds(5);

		/**
		 * When a client should ask again: the Retry-After of the status while the
		 * post-phase has not ended, in seconds, rounded up.
		 */
		private Duration retryAfter = Duration.ofSeconds(1);

		/**
		 * How often changes are sent to those who watch events.
		 */
		private Duration eventInterval = Duration.ofMillis(250);

		/**
		 * How long a client that watches events may not read before it is dropped, and
		 * how long nothing is sent before a comment keeps the connection alive.
		 */
		private Duration stallTimeout = Duration.ofSeconds(10);

		/**
		 * How many clients watch events at once.
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
