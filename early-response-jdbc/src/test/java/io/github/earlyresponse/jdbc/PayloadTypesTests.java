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

import java.io.InputStream;
import java.io.Serializable;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.security.Principal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.JsonValue;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.RequestSnapshot;
import io.github.earlyresponse.call.InvalidPostPhaseException;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.Part;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DefaultTyping;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

import org.springframework.core.io.Resource;
import org.springframework.security.core.Authentication;
import org.springframework.web.multipart.MultipartFile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link PayloadTypes}.
 */
class PayloadTypesTests {

	private final PayloadTypes types = new PayloadTypes(JsonMapper.shared());

	private void check(Object bean, String name) {
		this.types.check(PayloadMethods.find(bean, name));
	}

	@ParameterizedTest
	@ValueSource(strings = { "object", "objects", "map", "keys", "nestedObject", "serializable", "list", "page", "wild",
			"lower", "variable", "anInterface", "anAbstract", "nestedInterface", "function", "nestedFunction",
			"inputStream", "nestedInputStream", "part", "file", "resources", "servletRequest", "principal",
			"authentication", "throwable", "nestedThrowable", "future", "stream", "iterator", "noCreator",
			"nestedNoCreator", "inner", "noProperties", "neverWritten", "writeOnly", "readOnly", "neverRead",
			"singleValue", "keyBean", "subtype", "recursive", "entity", "delegate", "array" })
	void cannotBeStored(String name) {
		Rejected bean = new Rejected();
		assertThatExceptionOfType(InvalidPostPhaseException.class).isThrownBy(() -> check(bean, name))
			.satisfies((ex) -> {
				assertThat(ex.getDescription())
					.startsWith("Parameter 'value' of the durable post-phase '" + name + "', "
							+ Rejected.class.getName() + "." + name + "(), cannot be stored: ")
					.endsWith(".")
					.contains(Rejected.reasons.get(name));
				assertThat(ex.getAction()).matches("[A-Z].*\\.");
			});
	}

	@Test
	void everyReasonIsTested() {
		assertThat(Rejected.reasons).hasSameSizeAs(Stream.of(Rejected.class.getDeclaredMethods())
			.filter((method) -> method.isAnnotationPresent(PostPhase.class))
			.toList());
	}

	@ParameterizedTest
	@ValueSource(strings = { "engine", "containers", "sealed", "tree", "cycle", "bounded", "emptyRecord", "custom",
			"path", "entity", "single", "unwrapped", "json", "asDeclared", "varArgs", "objectFields", "builder" })
	void canBeStored(String name) {
		assertThatNoException().isThrownBy(() -> check(new Accepted(), name));
	}

	@Test
	void typesThatTheApplicationRegistersCanBeStored() {
		SimpleModule module = new SimpleModule();
		module.addAbstractTypeMapping(Named.class, NamedRecord.class);
		module.addSerializer(new MoneySerializer());
		module.addDeserializer(NoCreator.class, new MoneyDeserializer());
		JsonMapper mapper = JsonMapper.builder().addModule(module).build();
		new PayloadTypes(mapper).check(PayloadMethods.find(new Rejected(), "anInterface"));
		new PayloadTypes(mapper).check(PayloadMethods.find(new Rejected(), "noCreator"));
	}

	@Test
	void defaultTypingOfTheApplicationDoesNotMakeATypeStorable() {
		JsonMapper mapper = JsonMapper.builder()
			.activateDefaultTyping(BasicPolymorphicTypeValidator.builder().allowIfBaseType(Object.class).build(),
					DefaultTyping.NON_FINAL)
			.build();
		for (String name : List.of("object", "anInterface", "nestedInterface", "list")) {
			assertThatExceptionOfType(InvalidPostPhaseException.class)
				.isThrownBy(() -> new PayloadTypes(mapper).check(PayloadMethods.find(new Rejected(), name)));
		}
	}

	@Test
	void pathLeadsToWhatCannotBeStored() {
		assertThatExceptionOfType(InvalidPostPhaseException.class)
			.isThrownBy(() -> check(new Rejected(), "nestedInputStream"))
			.withMessageContaining("value.items[].content is of type java.io.InputStream, an upload or stream")
			.withMessageContaining("pass its id or path");
	}

	interface Named {

		String getName();

	}

	public record NamedRecord(String name) implements Named {

		@Override
		public String getName() {
			return this.name;
		}

	}

	record Page<T>(List<T> items) {
	}

	record Attachment(String name, InputStream content) {
	}

	record Loose(Map<String, Object> values) {
	}

	record Holder<T>(T value) {
	}

	abstract static class Shape {

	}

	public static class NoCreator {

		private final String name;

		NoCreator(String name, int copies) {
			this.name = name + copies;
		}

		public String getName() {
			return this.name;
		}

	}

	static class NoProperties {

		private String secret = "a";

		void change() {
			this.secret += "b";
		}

	}

	public static class NeverWritten {

		private final String name;

		@JsonCreator
		NeverWritten(@JsonProperty("name") String name, @JsonProperty("copies") int copies) {
			this.name = name + copies;
		}

		public String getName() {
			return this.name;
		}

	}

	record Login(String user, @JsonProperty(access = JsonProperty.Access.WRITE_ONLY) String password) {
	}

	static class ReadOnly {

		@JsonProperty(access = JsonProperty.Access.READ_ONLY)
		public Long id;

		public String name;

	}

	public static class NeverRead {

		private final long id = System.nanoTime();

		private String name;

		public long getId() {
			return this.id;
		}

		public String getName() {
			return this.name;
		}

		public void setName(String name) {
			this.name = name;
		}

	}

	public static class SingleValue {

		private String text;

		@JsonValue
		public String getText() {
			return this.text;
		}

	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
	@JsonSubTypes({ @JsonSubTypes.Type(Stop.class), @JsonSubTypes.Type(Upload.class) })
	interface Command {

	}

	record Stop() implements Command {
	}

	record Upload(InputStream content) implements Command {
	}

	static class Recursive {

		public List<Recursive> children;

		public Map<String, Optional<Recursive>> byName;

		public Object data;

	}

	@Entity
	static class OrderEntity {

		@Id
		public Long id;

		@ManyToOne
		public CustomerEntity customer;

	}

	@Entity
	static class CustomerEntity {

		@Id
		public Long id;

		public Principal login;

	}

	record Delegating(List<Object> values) {

		@JsonCreator(mode = JsonCreator.Mode.DELEGATING)
		Delegating {
		}

		@JsonValue
		List<Object> list() {
			return this.values;
		}

	}

	@SuppressWarnings({ "unused", "rawtypes" })
	static class Rejected {

		static final Map<String, String> reasons = Map.ofEntries(Map.entry("object", "can be anything"),
				Map.entry("objects", "value[] is of type java.lang.Object"),
				Map.entry("map", "value[] is of type java.lang.Object"), Map.entry("keys", "keys can be anything"),
				Map.entry("nestedObject", "value.values[] is of type java.lang.Object"),
				Map.entry("serializable", "can be anything"),
				Map.entry("list", "java.util.List without type arguments"),
				Map.entry("page", "Page without type arguments"), Map.entry("wild", "wildcard '?'"),
				Map.entry("lower", "wildcard"), Map.entry("variable", "type variable"),
				Map.entry("anInterface", "abstract"), Map.entry("anAbstract", "abstract"),
				Map.entry("nestedInterface", "value.items[] is of type"), Map.entry("function", "abstract"),
				Map.entry("nestedFunction", "value.value is of type java.util.function.Supplier"),
				Map.entry("inputStream", "upload or stream"), Map.entry("nestedInputStream", "value.items[].content"),
				Map.entry("part", "upload or stream"), Map.entry("file", "upload or stream"),
				Map.entry("resources", "upload or stream"), Map.entry("servletRequest", "part of the request"),
				Map.entry("principal", "authentication"), Map.entry("authentication", "authentication"),
				Map.entry("throwable", "exceptions are not stored"), Map.entry("nestedThrowable", "an exception"),
				Map.entry("future", "not a value"), Map.entry("stream", "not a value"),
				Map.entry("iterator", "not a value"), Map.entry("noCreator", "no constructor"),
				Map.entry("nestedNoCreator", "value[][] is of type"), Map.entry("inner", "no constructor"),
				Map.entry("noProperties", "no properties to write"),
				Map.entry("neverWritten", "'copies' is read but never written"),
				Map.entry("writeOnly", "'password' is read but never written"),
				Map.entry("readOnly", "'id' is written but not read back"),
				Map.entry("neverRead", "'id' is written but not read back"), Map.entry("singleValue", "single value"),
				Map.entry("keyBean", "Key"), Map.entry("subtype", "value.content is of type java.io.InputStream"),
				Map.entry("recursive", "value.data is of type java.lang.Object"),
				Map.entry("entity", "value.customer.login is of type java.security.Principal"),
				Map.entry("delegate", "java.lang.Object"), Map.entry("array", "value[] is of type java.lang.Object"));

		@PostPhase
		void object(Object value) {
		}

		@PostPhase
		void objects(Collection<Object> value) {
		}

		@PostPhase
		void map(Map<String, Object> value) {
		}

		@PostPhase
		void keys(Map<Object, String> value) {
		}

		@PostPhase
		void nestedObject(Loose value) {
		}

		@PostPhase
		void serializable(Serializable value) {
		}

		@PostPhase
		void list(List value) {
		}

		@PostPhase
		void page(List<Page> value) {
		}

		@PostPhase
		void wild(List<?> value) {
		}

		@PostPhase
		void lower(List<? super String> value) {
		}

		@PostPhase
		<T> void variable(List<T> value) {
		}

		@PostPhase
		void anInterface(Named value) {
		}

		@PostPhase
		void anAbstract(Shape value) {
		}

		@PostPhase
		void nestedInterface(Page<Named> value) {
		}

		@PostPhase
		void function(Supplier<String> value) {
		}

		@PostPhase
		void nestedFunction(Holder<Supplier<String>> value) {
		}

		@PostPhase
		void inputStream(InputStream value) {
		}

		@PostPhase
		void nestedInputStream(Page<Attachment> value) {
		}

		@PostPhase
		void part(Part value) {
		}

		@PostPhase
		void file(MultipartFile value) {
		}

		@PostPhase
		void resources(List<Resource> value) {
		}

		@PostPhase
		void servletRequest(HttpServletRequest value) {
		}

		@PostPhase
		void principal(Principal value) {
		}

		@PostPhase
		void authentication(Optional<Authentication> value) {
		}

		@PostPhase
		void throwable(IllegalStateException value) {
		}

		@PostPhase
		void nestedThrowable(Holder<IllegalStateException> value) {
		}

		@PostPhase
		void future(CompletableFuture<String> value) {
		}

		@PostPhase
		void stream(Stream<String> value) {
		}

		@PostPhase
		void iterator(Iterator<String> value) {
		}

		@PostPhase
		void noCreator(NoCreator value) {
		}

		@PostPhase
		void nestedNoCreator(Map<String, List<NoCreator>> value) {
		}

		@PostPhase
		void inner(Inner value) {
		}

		@PostPhase
		void noProperties(NoProperties value) {
		}

		@PostPhase
		void neverWritten(NeverWritten value) {
		}

		@PostPhase
		void writeOnly(Login value) {
		}

		@PostPhase
		void readOnly(ReadOnly value) {
		}

		@PostPhase
		void neverRead(NeverRead value) {
		}

		@PostPhase
		void singleValue(SingleValue value) {
		}

		@PostPhase
		void keyBean(Map<Key, String> value) {
		}

		@PostPhase
		void subtype(Command value) {
		}

		@PostPhase
		void recursive(Recursive value) {
		}

		@PostPhase
		void entity(OrderEntity value) {
		}

		@PostPhase
		void delegate(Delegating value) {
		}

		@PostPhase
		void array(Object[] value) {
		}

		class Inner {

			public String name;

		}

	}

	record Key(int a, int b) {
	}

	record Tree(String name, List<Tree> children, Optional<Tree> parent, Cycle cycle) {
	}

	record Cycle(Map<String, Tree> trees, AtomicReference<Cycle> self) {
	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
	sealed interface Event {

	}

	record Created(BigDecimal amount) implements Event {
	}

	static final class Cleared implements Event {

	}

	public static class Computed {

		public String first;

		public String last;

		public String getName() {
			return this.first + this.last;
		}

		public void setShortName(Object name) {
		}

	}

	record Unwrapping(String id, @JsonUnwrapped Computed name) {
	}

	record As(@JsonDeserialize(as = NamedRecord.class) Named named,
			@JsonDeserialize(contentAs = NamedRecord.class) List<Named> names,
			@JsonTypeInfo(use = JsonTypeInfo.Id.NAME) @JsonSubTypes(@JsonSubTypes.Type(NamedRecord.class)) Named typed,
			@JsonTypeInfo(
					use = JsonTypeInfo.Id.NAME) @JsonSubTypes(@JsonSubTypes.Type(NamedRecord.class)) List<Named> list) {
	}

	record Code(@JsonValue String value) {
	}

	@JsonDeserialize(builder = Built.Builder.class)
	public static final class Built {

		private final String name;

		Built(String name) {
			this.name = name;
		}

		public String getName() {
			return this.name;
		}

		static class Builder {

			private String name;

			Builder withName(String name) {
				this.name = name;
				return this;
			}

			@JsonProperty
			void setName(String name) {
				this.name = name;
			}

			Built build() {
				return new Built(this.name);
			}

		}

	}

	public static class Fluent {

		private String name;

		public String getName() {
			return this.name;
		}

	}

	@Entity
	public static class Account {

		@Id
		private Long id;

		private String name;

		public Long getId() {
			return this.id;
		}

		public String getName() {
			return this.name;
		}

		public void setName(String name) {
			this.name = name;
		}

	}

	@SuppressWarnings("unused")
	static class Accepted {

		@PostPhase
		void engine(PostPhaseContext context, RequestSnapshot request) {
		}

		@PostPhase
		void containers(Map<Integer, List<Optional<NamedRecord>>> map, Collection<String> strings, Iterable<Long> longs,
				ArrayList<NamedRecord[]> arrays, CharSequence text, Number number) {
		}

		@PostPhase
		void sealed(Event event, List<Event> events) {
		}

		@PostPhase
		void tree(Tree tree) {
		}

		@PostPhase
		void cycle(Cycle cycle) {
		}

		@PostPhase
		<T extends NamedRecord> void bounded(List<? extends NamedRecord> values, List<T> others) {
		}

		@PostPhase
		void emptyRecord(Stop stop) {
		}

		@PostPhase
		void custom(Computed computed) {
		}

		@PostPhase
		void path(Path path) {
		}

		@PostPhase
		void entity(Account account) {
		}

		@PostPhase
		void single(Code code, Holder<Code> nested) {
		}

		@PostPhase
		void unwrapped(Unwrapping unwrapping) {
		}

		@PostPhase
		void json(JsonNode json) {
		}

		@PostPhase
		void asDeclared(As as) {
		}

		@PostPhase
		void varArgs(String... names) {
		}

		@PostPhase
		void objectFields(Fluent fluent) {
		}

		@PostPhase
		void builder(Built built) {
		}

	}

	private static final class MoneySerializer extends StdSerializer<NoCreator> {

		MoneySerializer() {
			super(NoCreator.class);
		}

		@Override
		public void serialize(NoCreator value, JsonGenerator json, SerializationContext context) {
			json.writeString(value.getName());
		}

	}

	private static final class MoneyDeserializer extends ValueDeserializer<NoCreator> {

		@Override
		public NoCreator deserialize(JsonParser json, DeserializationContext context) {
			return new NoCreator(json.getString(), 1);
		}

	}

}
