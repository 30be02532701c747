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

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.SimpleDateFormat;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TimeZone;
import java.util.UUID;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.RequestSnapshot;
import io.github.earlyresponse.autoconfigure.EarlyResponseProperties;
import io.github.earlyresponse.call.PostPhaseMethod;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.context.CompositeContextCarrier;
import io.github.earlyresponse.context.LocaleCarrier;
import io.github.earlyresponse.context.MdcCarrier;
import io.github.earlyresponse.context.SecurityCarrier;
import io.github.earlyresponse.context.StoredContexts;
import jakarta.persistence.Entity;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.hibernate.LazyInitializationException;
import org.hibernate.collection.spi.PersistentBag;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.proxy.HibernateProxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.Answers;
import org.slf4j.MDC;
import tools.jackson.databind.DefaultTyping;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;

import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link PayloadCodec}.
 */
class PayloadCodecTests {

	private static final ContextCarrier.Context NO_CONTEXT = () -> () -> {
	};

	private static final List<String> SECRET_HEADERS = new EarlyResponseProperties.Durable().getExcludedHeaders();

	private final PayloadCodec codec = codec(JsonMapper.shared(), DataSize.ofMegabytes(1));

	private final PostPhases postPhases = new PostPhases();

	@AfterEach
	void clear() {
		MDC.clear();
		LocaleContextHolder.resetLocaleContext();
		SecurityContextHolder.clearContext();
	}

	private static PayloadCodec codec(JsonMapper mapper, DataSize maxPayload) {
		return new PayloadCodec(mapper, new StoredContexts(carrier(), Set.of()), SECRET_HEADERS, maxPayload);
	}

	private static CompositeContextCarrier carrier() {
		return CompositeContextCarrier.forPostPhases(List.of(new LocaleCarrier(), new MdcCarrier(),
				new SecurityCarrier(SecurityContextHolder.getContextHolderStrategy())));
	}

	private PostPhaseMethod method(String name) {
		return PayloadMethods.find(this.postPhases, name);
	}

	private byte[] write(String name, Object... arguments) {
		return this.codec.write(new PostPhaseWork.Call(method(name), arguments), NO_CONTEXT, null);
	}

	private static byte[] json(String json) {
		return json.getBytes(StandardCharsets.UTF_8);
	}

	private Object[] read(String name, String json) {
		return this.codec.read(json(json), method(name)).arguments();
	}

	/**
	 * The mappers of applications that care for short, old or fancy JSON.
	 */
	static Stream<JsonMapper> mappers() {
		return Stream.of(JsonMapper.shared(), JsonMapper.builder()
			.propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
			.changeDefaultPropertyInclusion((value) -> value.withValueInclusion(JsonInclude.Include.NON_DEFAULT)
				.withContentInclusion(JsonInclude.Include.NON_NULL))
			.defaultDateFormat(new SimpleDateFormat("yyyy-MM-dd", Locale.ROOT))
			.defaultTimeZone(TimeZone.getTimeZone("America/New_York"))
			.enable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS, DateTimeFeature.TRUNCATE_TO_MSECS_ON_WRITE,
					DateTimeFeature.WRITE_DATES_WITH_CONTEXT_TIME_ZONE)
			.enable(SerializationFeature.INDENT_OUTPUT, SerializationFeature.WRAP_ROOT_VALUE,
					SerializationFeature.WRITE_SINGLE_ELEM_ARRAYS_UNWRAPPED)
			.disable(SerializationFeature.WRITE_EMPTY_JSON_ARRAYS)
			.enable(DeserializationFeature.UNWRAP_ROOT_VALUE, DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
					DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
					DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
					DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
			.activateDefaultTyping(BasicPolymorphicTypeValidator.builder().allowIfBaseType(Object.class).build(),
					DefaultTyping.NON_FINAL)
			.build());
	}

	@ParameterizedTest
	@MethodSource("mappers")
	void argumentsAreReadAsTheyWereWritten(JsonMapper mapper) {
		PayloadCodec codec = codec(mapper, DataSize.ofMegabytes(1));
		Everything everything = Everything.example();
		Object[] arguments = { everything, null, 7L, new int[] { 1, 2 },
				Map.of("a", List.of(new Customer("Ada", null)), "b", List.<Customer>of()),
				List.of(new Circle(1.5), new Square(2)), Optional.of(new Customer("Grace", 2)), new Id("x-1"), null,
				new Letter[] { new Letter("one", List.of()) }, null, Optional.empty() };
		PostPhaseMethod method = method("everything");
		byte[] json = codec.write(new PostPhaseWork.Call(method, arguments), NO_CONTEXT, null);
		new PayloadTypes(mapper).check(method);
		Object[] read = codec(mapper, DataSize.ofMegabytes(1)).read(json, method).arguments();
		assertThat(read).usingRecursiveComparison()
			.withStrictTypeChecking()
			.ignoringFields("types")
			.isEqualTo(arguments);
		assertThat(((Everything) read[0]).zoned()).isEqualTo(everything.zoned());
		assertThat(((Everything) read[0]).offset()).isEqualTo(everything.offset());
		assertThat(new String(json, StandardCharsets.UTF_8)).doesNotContain("java.", "earlyresponse", "\n");
	}

	@Test
	void namesParametersAndNothingElse() {
		assertThat(write("letter", new Letter("Dear", List.of("a")), null, 2)).asString(StandardCharsets.UTF_8)
			.isEqualTo("{\"arguments\":{\"letter\":{\"text\":\"Dear\",\"tags\":[\"a\"]},\"copies\":2},"
					+ "\"context\":{}}");
	}

	@Test
	void parameterAndFieldThatWereAddedAreNullOrDefault() {
		assertThat(read("letter", "{\"arguments\":{\"letter\":{\"text\":\"Dear\"}}}"))
			.containsExactly(new Letter("Dear", null), null, 0);
		assertThat(read("added", "{\"arguments\":{}}")).containsExactly(null, false, Optional.empty(), null,
				OptionalInt.empty());
		assertThat(read("counted", "{\"arguments\":{\"counted\":{}}}")).containsExactly(new Counted(0, false, null));
	}

	@Test
	void parameterAndFieldThatAreGoneAreIgnored() {
		assertThat(read("letter",
				"{\"version\":[1],\"arguments\":{\"gone\":{\"a\":[1,{}]},"
						+ "\"letter\":{\"text\":\"Dear\",\"gone\":[{}]},\"copies\":2},\"context\":{\"gone\":{}}}"))
			.containsExactly(new Letter("Dear", null), null, 2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{", "nonsense", "[]", "null", "{}", "{\"arguments\":null}", "{\"arguments\":[1]}",
			"{\"arguments\":{\"letter\":", "{\"arguments\":{},\"context\":[1]}",
			"{\"arguments\":{},\"context\":{\"mdc\":{\"user\":{\"name\":\"ada\"}}}}",
			"{\"arguments\":{},\"context\":{\"locale\":{\"time-zone\":\"Atlantis\"}}}" })
	void unreadablePayloadNamesThePostPhase(String json) {
		assertThatExceptionOfType(UnreadablePayloadException.class).isThrownBy(() -> read("letter", json))
			.withMessageStartingWith("Post-phase 'letter' cannot be read");
	}

	@Test
	void unreadableArgumentIsNamedWithReason() {
		assertThatExceptionOfType(UnreadablePayloadException.class)
			.isThrownBy(() -> read("letter", "{\"arguments\":{\"letter\":{\"tags\":[{}]}}}"))
			.withMessageStartingWith("Post-phase 'letter' cannot be read, because its argument 'letter' is not a "
					+ Letter.class.getName())
			.withMessageContaining("String")
			.withMessageContaining("[\"tags\"]");
	}

	@Test
	void constantThatIsGoneIsNamed() {
		assertThatExceptionOfType(UnreadablePayloadException.class)
			.isThrownBy(() -> read("priority", "{\"arguments\":{\"priority\":\"LOW\"}}"))
			.withMessageContaining("its argument 'priority'")
			.withMessageContaining("\"LOW\"")
			.withMessageContaining("HIGH");
	}

	@Test
	void typeIdOfAnotherClassIsNotRead() {
		assertThatExceptionOfType(UnreadablePayloadException.class)
			.isThrownBy(() -> read("shape", "{\"arguments\":{\"shape\":{\"@type\":\"java.lang.Runtime\"}}}"))
			.withMessageContaining("'shape'");
	}

	@Test
	void unwritableArgumentIsNamedWithTypeAndRemedy() {
		assertThatExceptionOfType(UnwritablePayloadException.class).isThrownBy(() -> write("node", new Node()))
			.withMessageStartingWith("Post-phase 'node' cannot be recorded, because its argument 'node' of type "
					+ Node.class.getName() + " cannot be written as JSON: ")
			.withMessageContaining("an id");
		assertThatExceptionOfType(UnwritablePayloadException.class).isThrownBy(() -> write("failing", new Failing()))
			.withMessageContaining("'failing'")
			.withMessageContaining("expected");
	}

	@Test
	void proxyOfHibernateIsNotWritten() {
		CustomerEntity proxy = mock(CustomerEntity.class,
				org.mockito.Mockito.withSettings().extraInterfaces(HibernateProxy.class));
		assertLazy(() -> write("entity", proxy), "lazy proxy");
		assertLazy(() -> write("order", new OrderEntity(proxy, null)), "lazy proxy");
		assertLazy(() -> write("entities", List.of(proxy)), "lazy proxy");
	}

	private static void assertLazy(ThrowingCallable write, String reason) {
		assertThatExceptionOfType(UnwritablePayloadException.class).isThrownBy(write)
			.withMessageContaining(reason)
			.withMessageContaining("id of the entity");
	}

	@Test
	void collectionThatHibernateHasNotLoadedIsNotWritten() {
		PersistentBag<CustomerEntity> unloaded = new PersistentBag<>();
		assertLazy(() -> write("entities", unloaded), "not been loaded");
		assertLazy(() -> write("order", new OrderEntity(null, unloaded)), "not been loaded");
	}

	@Test
	void collectionThatHibernateHasLoadedIsWritten() {
		PersistentBag<CustomerEntity> loaded = new PersistentBag<>(
				mock(SharedSessionContractImplementor.class, Answers.RETURNS_DEEP_STUBS),
				List.of(new CustomerEntity()));
		assertThat(write("order", new OrderEntity(null, loaded))).asString(StandardCharsets.UTF_8)
			.contains("\"customers\":[{\"name\":null}]");
	}

	@Test
	void entityThatIsLoadedTooLateNamesTheRemedy() {
		Failing failing = new Failing() {

			@Override
			public String getName() {
				throw new LazyInitializationException("could not initialize proxy - no Session");
			}

		};
		assertThatExceptionOfType(UnwritablePayloadException.class).isThrownBy(() -> write("failing", failing))
			.withMessageContaining("no Session")
			.withMessageContaining("id of the entity");
	}

	@Test
	void payloadThatIsTooLargeNamesSizeLimitAndProperty() {
		PayloadCodec small = codec(JsonMapper.shared(), DataSize.ofBytes(100));
		PostPhaseMethod method = method("text");
		int overhead = write("text", "").length;
		assertThat(small.write(new PostPhaseWork.Call(method, new Object[] { "x".repeat(100 - overhead) }), NO_CONTEXT,
				null))
			.hasSize(100);
		assertThatExceptionOfType(UnwritablePayloadException.class)
			.isThrownBy(() -> small.write(new PostPhaseWork.Call(method, new Object[] { "x".repeat(101 - overhead) }),
					NO_CONTEXT, null))
			.withMessageContaining("'text'")
			.withMessageContaining("101 bytes")
			.withMessageContaining("100 bytes")
			.withMessageContaining("early-response.durable.max-payload");
	}

	@Test
	void requestIsStoredWithoutItsSecrets() {
		Map<String, List<String>> headers = new LinkedHashMap<>();
		headers.put("Accept", List.of("text/html", "application/json"));
		SECRET_HEADERS.forEach((name) -> headers.put(name.toUpperCase(Locale.ROOT), List.of("secret")));
		RequestSnapshot request = new RequestSnapshot("POST", "/a%20b", null, headers, Map.of("p", List.of("1", "")),
				"127.0.0.1", "ada");
		PostPhaseMethod method = method("letter");
		byte[] json = this.codec.write(new PostPhaseWork.Call(method, new Object[] { null, null, 1 }), NO_CONTEXT,
				request);
		assertThat(new String(json, StandardCharsets.UTF_8)).doesNotContainIgnoringCase("secret");
		RequestSnapshot read = codec(JsonMapper.shared(), DataSize.ofMegabytes(1)).read(json, method).request();
		assertThat(read.headers()).containsOnlyKeys("Accept");
		assertThat(read.header("accept")).isEqualTo("text/html");
		assertThat(read).usingRecursiveComparison().ignoringFields("headers").isEqualTo(request);
		assertThat(this.codec.storable(request)).isEqualTo(read);
	}

	@Test
	void contextIsThereInANewProcess() {
		MDC.put("order", "4711");
		LocaleContextHolder.setLocale(Locale.JAPAN);
		UsernamePasswordAuthenticationToken ada = UsernamePasswordAuthenticationToken.authenticated("ada", "secret",
				AuthorityUtils.createAuthorityList("ROLE_CLERK"));
		SecurityContextHolder.setContext(new SecurityContextImpl(ada));
		PostPhaseMethod method = method("text");
		byte[] json = this.codec.write(new PostPhaseWork.Call(method, new Object[] { "a" }), carrier().capture(), null);
		assertThat(new String(json, StandardCharsets.UTF_8)).doesNotContain("secret");
		clear();
		Payload read = codec(JsonMapper.shared(), DataSize.ofMegabytes(1)).read(json, method);
		assertThat(read.request()).isNull();
		ContextCarrier.Scope scope = read.context().open();
		assertThat(MDC.get("order")).isEqualTo("4711");
		assertThat(LocaleContextHolder.getLocale()).isEqualTo(Locale.JAPAN);
		assertThat(SecurityContextHolder.getContext().getAuthentication().getName()).isEqualTo("ada");
		assertThat(SecurityContextHolder.getContext().getAuthentication().getAuthorities()).asString()
			.contains("ROLE_CLERK");
		scope.close();
		assertThat(MDC.get("order")).isNull();
		assertThat(SecurityContextHolder.getContext().getAuthentication()).isNull();
	}

	@Test
	void typeVariableOfASuperclassIsResolved() {
		assertThat(read("generic", "{\"arguments\":{\"values\":[{\"name\":\"Ada\"}]}}"))
			.containsExactly(List.of(new Customer("Ada", null)));
	}

	@SuppressWarnings("unused")
	static class PostPhases extends Generic<Customer> {

		@PostPhase
		void everything(Everything everything, PostPhaseContext context, Long number, int[] ints,
				Map<String, List<Customer>> groups, List<? extends Shape> shapes, Optional<Customer> optional, Id id,
				Letter missing, Letter[] letters, RequestSnapshot request, Optional<String> empty) {
		}

		@PostPhase
		void letter(Letter letter, PostPhaseContext context, int copies) {
		}

		@PostPhase
		void added(Letter letter, boolean urgent, Optional<String> note, List<String> tags, OptionalInt number) {
		}

		@PostPhase
		void counted(Counted counted) {
		}

		@PostPhase
		void shape(Shape shape) {
		}

		@PostPhase
		void priority(Priority priority) {
		}

		@PostPhase
		void node(Node node) {
		}

		@PostPhase
		void failing(Failing failing) {
		}

		@PostPhase
		void entity(CustomerEntity entity) {
		}

		@PostPhase
		void entities(List<CustomerEntity> entities) {
		}

		@PostPhase
		void order(OrderEntity order) {
		}

		@PostPhase
		void text(String text) {
		}

	}

	static class Generic<T> {

		@PostPhase("generic")
		void generic(List<T> values) {
		}

	}

	record Letter(String text, List<String> tags) {
	}

	record Customer(String name, Integer age) {
	}

	record Counted(int count, boolean urgent, String text) {
	}

	record Id(@JsonValue String value) {
	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
	@JsonSubTypes({ @JsonSubTypes.Type(Circle.class), @JsonSubTypes.Type(Square.class) })
	sealed interface Shape permits Circle, Square {

	}

	record Circle(double radius) implements Shape {
	}

	record Square(int side) implements Shape {
	}

	record Page<T>(List<T> items, Map<DayOfWeek, T> byDay) {
	}

	/**
	 * With a constructor, setters and fields.
	 */
	public static class Bean {

		private final String constructed;

		private String set;

		public String field;

		@JsonCreator
		Bean(String constructed) {
			this.constructed = constructed;
		}

		public String getConstructed() {
			return this.constructed;
		}

		public String getSet() {
			return this.set;
		}

		public void setSet(String set) {
			this.set = set;
		}

	}

	record Everything(byte aByte, short aShort, int anInt, long aLong, float aFloat, double aDouble, boolean aBoolean,
			char aChar, BigDecimal decimal, BigInteger big, byte[] bytes, String text, DayOfWeek day, UUID uuid,
			URI uri, Instant instant, LocalDate date, YearMonth month, OffsetDateTime offset, ZonedDateTime zoned,
			Duration duration, Date old, ZoneId zone, Locale locale, Optional<String> optional, Optional<String> empty,
			OptionalInt optionalInt, List<String> none, Set<Integer> set, EnumMap<DayOfWeek, Integer> enums,
			EnumSet<DayOfWeek> enumSet, Page<Customer> page, Shape shape, Bean bean, List<String> withNull,
			Integer zero, List<List<Customer>> single, int[][] matrix) {

		static Everything example() {
			Bean bean = new Bean("c");
			bean.setSet("s");
			bean.field = "f";
			return new Everything((byte) 1, (short) 2, 3, Long.MAX_VALUE, 1.5f, Double.NEGATIVE_INFINITY, true, 'ß',
					new BigDecimal("12345678901234567890.1200"), BigInteger.TWO.pow(100), new byte[] { 0, -1, 127 },
					"\u0000 \uD83D\uDE00 \"", DayOfWeek.FRIDAY, new UUID(1, 2), URI.create("urn:a"),
					Instant.parse("2026-11-27T10:00:00.123456789Z"), LocalDate.of(2026, 2, 28), YearMonth.of(2026, 2),
					OffsetDateTime.parse("2026-11-27T10:00:00.123456789+05:30"),
					ZonedDateTime.of(2026, 10, 25, 2, 30, 0, 1, ZoneId.of("Europe/Berlin")), Duration.ofNanos(123),
					new Date(1234567890123L), ZoneId.of("Asia/Tokyo"), Locale.CANADA_FRENCH, Optional.of("o"),
					Optional.empty(), OptionalInt.of(0), List.of(), Set.of(1),
					new EnumMap<>(Map.of(DayOfWeek.MONDAY, 1)), EnumSet.of(DayOfWeek.SUNDAY),
					new Page<>(List.of(new Customer("Ada", 36)), Map.of(DayOfWeek.MONDAY, new Customer(null, null))),
					new Circle(2), bean, Arrays.asList("a", null), 0, List.of(List.of(new Customer("Grace", 0))),
					new int[][] { { 1 }, {} });
		}

	}

	public static class Node {

		private final Node next = this;

		public Node getNext() {
			return this.next;
		}

	}

	public static class Failing {

		public String getName() {
			throw new IllegalStateException("expected");
		}

		public void setName(String name) {
		}

	}

	@Entity
	public static class CustomerEntity {

		private String name;

		public String getName() {
			return this.name;
		}

		public void setName(String name) {
			this.name = name;
		}

	}

	record OrderEntity(CustomerEntity customer, List<CustomerEntity> customers) {
	}

	enum Priority {

		HIGH

	}

}
