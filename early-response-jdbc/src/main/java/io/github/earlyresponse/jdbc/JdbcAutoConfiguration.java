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

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;

import javax.sql.DataSource;

import com.github.kagkarlsson.scheduler.Scheduler;
import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.autoconfigure.EarlyResponseAutoConfiguration;
import io.github.earlyresponse.autoconfigure.EarlyResponseProperties;
import io.github.earlyresponse.call.PostPhaseMethod;
import io.github.earlyresponse.call.PostPhaseRegistry;
import io.github.earlyresponse.context.CompositeContextCarrier;
import io.github.earlyresponse.context.StoredContexts;
import io.github.earlyresponse.engine.IdempotencyStore;
import io.github.earlyresponse.engine.PostPhaseStore;
import io.github.earlyresponse.engine.StoreConnections;
import io.github.earlyresponse.engine.StoreObserver;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.jdbc.metadata.CompositeDataSourcePoolMetadataProvider;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadata;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
import org.springframework.boot.sql.init.dependency.DatabaseInitializationDependencyConfigurer;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Role;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.util.StringUtils;

/**
 * Auto-configuration of the store of durable post-phases, with
 * {@code early-response.durable.engine} set to {@code jdbc}.
 */
@AutoConfiguration(before = EarlyResponseAutoConfiguration.class,
		afterName = { "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
				"org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration" })
@ConditionalOnClass({ DataSource.class, JdbcTemplate.class, JsonMapper.class, Scheduler.class })
@ConditionalOnProperty(name = "early-response.durable.engine", havingValue = "jdbc")
@Conditional({ OnApplicationCondition.class, OnEnabledCondition.class })
@EnableConfigurationProperties(JdbcProperties.class)
@Import({ DatabaseInitializationDependencyConfigurer.class, JdbcWebConfiguration.class })
public final class JdbcAutoConfiguration {

	private static final Log logger = LogFactory.getLog(JdbcAutoConfiguration.class);

	/**
	 * With how many connections one can be kept: two are left, as many as a handler with
	 * a read-only transaction needs.
	 */
	private static final int MIN_POOL_SIZE = 3;

	/**
	 * One each for leases, what has become of post-phases, their status, cancellations,
	 * housekeeping, requests that have expired, nodes that have died, and what is due.
	 */
	private static final int BACKGROUND_CONNECTIONS = 8;

	/** The length of its column. */
	private static final int MAX_NODE_NAME = 50;

	private final String node = nodeName();

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static CompletionPostProcessor earlyResponseCompletionPostProcessor() {
		return new CompletionPostProcessor("earlyResponseCompletionInterceptor");
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static CompletionInterceptor earlyResponseCompletionInterceptor(ObjectProvider<JdbcPostPhaseStore> store) {
		return new CompletionInterceptor(store::getObject);
	}

	@Bean
	EarlyResponseSchemaInitializer earlyResponseSchemaInitializer(JdbcProperties properties, BeanFactory beanFactory,
			@EarlyResponseDataSource ObjectProvider<DataSource> qualified) {
		return new EarlyResponseSchemaInitializer(dataSource(properties, qualified, beanFactory), properties);
	}

	@Bean
	StoreConnections earlyResponseStoreConnections(JdbcProperties properties, BeanFactory beanFactory,
			@EarlyResponseDataSource ObjectProvider<DataSource> qualified) {
		int threads = (properties.getWork() == Work.ON) ? properties.getThreads() : 0;
		return new StoreConnections(dataSource(properties, qualified, beanFactory), threads,
				"early-response.jdbc.threads", BACKGROUND_CONNECTIONS);
	}

	/**
	 * Lazy, because nobody needs it without a store.
	 */
	@Bean
	@Lazy
	@DependsOnDatabaseInitialization
	Database earlyResponseDatabase(JdbcProperties properties, BeanFactory beanFactory,
			@EarlyResponseDataSource ObjectProvider<DataSource> qualified) {
		return Database.of(dataSource(properties, qualified, beanFactory), properties);
	}

	@Bean
	@ConditionalOnMissingBean(IdempotencyStore.class)
	JdbcIdempotencyStore earlyResponseIdempotencyStore(JdbcProperties properties, EarlyResponseProperties common,
			BeanFactory beanFactory, ObjectProvider<JsonMapper> jsonMapper, ObjectProvider<Database> database,
			@EarlyResponseDataSource ObjectProvider<DataSource> qualified) {
		DataSource dataSource = dataSource(properties, qualified, beanFactory);
		IdempotencySettings settings = new IdempotencySettings(this.node, common.getIdempotency().getKeepFor(),
				properties.getTakeoverAfter(), common.getRetryAfter());
		return new JdbcIdempotencyStore(() -> requests(dataSource, database.getObject(), properties),
				new JoinableTransaction(dataSource), new OwnTransaction(dataSource),
				new ResultCodec(mapper(jsonMapper), common.getDurable().getMaxPayload()), settings,
				(node) -> isDead(node, new NodeTable(dataSource, database.getObject(), properties.getTable()),
						properties.getTakeoverAfter()));
	}

	/**
	 * Whether other nodes take over what a node has: it was removed, or is not heard of.
	 */
	private static boolean isDead(String name, NodeTable nodes, Duration takeoverAfter) {
		NodeTable.Node node = nodes.find(name);
		return node == null || node.silence().compareTo(takeoverAfter) >= 0;
	}

	private static RequestTable requests(DataSource dataSource, Database database, JdbcProperties properties) {
		RequestTable.check(dataSource, properties);
		return new RequestTable(dataSource, database.customization(), properties.getRequestTable());
	}

	@Bean
	NodeRole earlyResponseNodeRole(JdbcProperties properties, ObjectProvider<PostPhaseRegistry> registry) {
		return new NodeRole(properties.getWork(), properties.getNames(), () -> durableMethods(registry.getObject()));
	}

	@Bean
	@DependsOnDatabaseInitialization
	@ConditionalOnMissingBean(PostPhaseStore.class)
	JdbcPostPhaseStore earlyResponseJdbcStore(JdbcProperties properties, EarlyResponseProperties common,
			BeanFactory beanFactory, ObjectProvider<JsonMapper> jsonMapper, ObjectProvider<ContextCarrier> carriers,
			ObjectProvider<PostPhaseRegistry> registry, ObjectProvider<StoreObserver> observer,
			ObjectProvider<DataSourcePoolMetadataProvider> pools, Database database, NodeRole role,
			@EarlyResponseDataSource ObjectProvider<DataSource> qualified) {
		JsonMapper mapper = mapper(jsonMapper);
		DataSource dataSource = dataSource(properties, qualified, beanFactory);
		DatabaseClock clock = new DatabaseClock(InstantSource.system());
		PostPhaseTable table = new PostPhaseTable(dataSource, database, clock, properties.getTable());
		OwnTransaction transaction = new OwnTransaction(dataSource);
		checkLocks(table, transaction, properties);
		EarlyResponseProperties.Durable durable = common.getDurable();
		StoreSettings settings = new StoreSettings(this.node, properties.getHeartbeat(), properties.getTakeoverAfter(),
				durable.getDeadAfterCrashes(), common.getRetryAfter(), durable.getMaxBacklog(),
				properties.getCountInterval(), durable.getKeepDeadLetters(), durable.getCheckpointInterval(),
				properties.getUnknownAfter(), new StatusSettings(common.getStatus().isEnabled(),
						durable.getProgressInterval(), common.getStatus().getKeepFor()));
		NodeTable nodes = new NodeTable(dataSource, database, properties.getTable());
		StatusTables status = new StatusTables(dataSource, database, clock, properties.getTable());
		DuePostPhases due = new DuePostPhases(dataSource, database, clock, table, properties.getTable(), this.node,
				properties.getUnknownAfter());
		return new JdbcPostPhaseStore(table, due, nodes, status, clock, new JoinableTransaction(dataSource),
				transaction, codec(durable, mapper, carriers), new CheckpointCodec(mapper), settings,
				() -> durableMethods(registry.getObject()), role,
				(names, handler) -> new Takeovers(dataSource, database.customization(), due, clock, properties,
						this.node, names, handler),
				() -> StoreObserver.of(observer.orderedStream().toList()),
				(lost) -> leases(leaseConnection(dataSource, pools), database, clock, properties, settings, lost));
	}

	private static Leases leases(LeaseConnection connection, Database database, DatabaseClock clock,
			JdbcProperties properties, StoreSettings settings, Predicate<Lease> lost) {
		return new Leases(new NodeTable(connection, database, properties.getTable()),
				new PostPhaseTable(connection, database, clock, properties.getTable()),
				new OwnTransaction(connection).readCommitted(), connection, settings, lost);
	}

	private static LeaseConnection leaseConnection(DataSource dataSource,
			ObjectProvider<DataSourcePoolMetadataProvider> pools) {
		DataSourcePoolMetadata pool = new CompositeDataSourcePoolMetadataProvider(pools.orderedStream().toList())
			.getDataSourcePoolMetadata(dataSource);
		Integer connections = (pool != null) ? pool.getMax() : null;
		// What is not positive is no limit
		boolean keep = connections == null || connections <= 0 || connections >= MIN_POOL_SIZE;
		if (!keep) {
			logger.warn("The pool in which post-phases are stored has the size " + connections
					+ ", too small to keep a connection "
					+ "that renews leases only. If all are in use for longer than about half of "
					+ "early-response.jdbc.takeover-after, post-phases are interrupted and start again");
		}
		return new LeaseConnection(dataSource, keep);
	}

	private static void checkLocks(PostPhaseTable table, TransactionOperations transaction, JdbcProperties properties) {
		try {
			transaction.executeWithoutResult((status) -> table.lock("", 1));
		}
		catch (BadSqlGrammarException ex) {
			throw new InvalidConfigurationPropertyValueException("early-response.jdbc.datasource",
					properties.getDatasource(),
					"Post-phases cannot be taken over. The database has to know FOR UPDATE SKIP LOCKED, as PostgreSQL, MariaDB "
							+ "10.6, MySQL 8.0, H2 2.2.220 and later versions do. The database says: "
							+ ex.getMostSpecificCause().getMessage());
		}
	}

	private static JsonMapper mapper(ObjectProvider<JsonMapper> jsonMapper) {
		JsonMapper mapper = jsonMapper.getIfUnique();
		if (mapper == null) {
			throw new InvalidConfigurationPropertyValueException("early-response.durable.engine", "jdbc",
					(jsonMapper.stream().findAny().isPresent())
							? "There are several JsonMapper beans. Make one of them @Primary."
							: "There is no JsonMapper bean. Add spring-boot-starter-jackson.");
		}
		return mapper;
	}

	private static PayloadCodec codec(EarlyResponseProperties.Durable durable, JsonMapper mapper,
			ObjectProvider<ContextCarrier> carriers) {
		StoredContexts contexts = new StoredContexts(
				CompositeContextCarrier.forPostPhases(carriers.orderedStream().toList()),
				durable.getContext().excluded());
		return new PayloadCodec(mapper, contexts, durable.getExcludedHeaders(), durable.getMaxPayload());
	}

	@Bean
	DurableMethodChecks earlyResponseDurableMethodChecks(ObjectProvider<PostPhaseRegistry> registry,
			ObjectProvider<JsonMapper> jsonMapper) {
		return new DurableMethodChecks(registry::getObject, jsonMapper::getObject);
	}

	/**
	 * The DataSource itself, as transaction managers know it.
	 */
	private static DataSource dataSource(JdbcProperties properties, ObjectProvider<DataSource> qualified,
			BeanFactory beanFactory) {
		DataSource dataSource = bean(properties.getDatasource(), qualified, beanFactory);
		return (dataSource instanceof TransactionAwareDataSourceProxy proxy && proxy.getTargetDataSource() != null)
				? proxy.getTargetDataSource() : dataSource;
	}

	private static DataSource bean(@Nullable String name, ObjectProvider<DataSource> qualified,
			BeanFactory beanFactory) {
		try {
			if (StringUtils.hasText(name)) {
				return beanFactory.getBean(name, DataSource.class);
			}
			DataSource own = qualified.getIfAvailable();
			return (own != null) ? own : beanFactory.getBean(DataSource.class);
		}
		catch (NoSuchBeanDefinitionException ex) {
			throw new InvalidConfigurationPropertyValueException("early-response.jdbc.datasource", name,
					"There is no such DataSource, or more than one and none is primary: " + ex.getMessage()
							+ ". Set it to the name of one, or put @EarlyResponseDataSource on its @Bean method.");
		}
	}

	/**
	 * A name that no other process has: what a process has leased ends with it.
	 */
	private static String nodeName() {
		String host;
		try {
			host = InetAddress.getLocalHost().getHostName();
		}
		catch (UnknownHostException ex) {
			host = "unknown";
		}
		String process = "-" + ProcessHandle.current().pid() + "-" + UUID.randomUUID().toString().substring(0, 8);
		return host.substring(0, Math.min(host.length(), MAX_NODE_NAME - process.length())) + process;
	}

	/**
	 * The durable post-phases by all names under which they may be stored.
	 */
	private static Map<String, PostPhaseMethod> durableMethods(PostPhaseRegistry registry) {
		Map<String, PostPhaseMethod> methods = new LinkedHashMap<>();
		registry.methods()
			.stream()
			.filter(PostPhaseMethod::isDurable)
			.forEach((method) -> Stream.concat(Stream.of(method.name()), method.aliases().stream())
				.forEach((name) -> methods.put(name, method)));
		return methods;
	}

}
