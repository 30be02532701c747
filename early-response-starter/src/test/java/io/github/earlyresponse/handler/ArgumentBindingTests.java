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

package io.github.earlyresponse.handler;

import java.io.InputStream;
import java.lang.reflect.Method;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.RequestSnapshot;
import io.github.earlyresponse.call.InvalidPostPhaseException;
import io.github.earlyresponse.call.PostPhaseMethods;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.Resource;
import org.springframework.http.ResponseEntity;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.method.HandlerMethod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link ArgumentBinding}.
 */
class ArgumentBindingTests {

	private static HandlerSignature handler(Object controller, String name) {
		Method method = Arrays.stream(ReflectionUtils.getAllDeclaredMethods(controller.getClass()))
			.filter((candidate) -> candidate.getName().equals(name) && !candidate.isBridge())
			.findFirst()
			.orElseThrow();
		return HandlerSignature.of(new HandlerMethod(controller, method));
	}

	private static ArgumentBinding binding(String handler, String postPhase) {
		return ArgumentBinding.of(handler(new Handlers(), handler), PostPhaseMethods.of(new PostPhases(), postPhase));
	}

	private static Object[] bind(String handler, String postPhase, Object result, Object... arguments) {
		return binding(handler, postPhase).bind(arguments, result).arguments();
	}

	@Test
	void bindsResultAndArgumentsByType() {
		assertThat(bind("export", "pack", new Ticket(1), "name", 5L)).containsExactly(5L, new Ticket(1), "name");
	}

	@Test
	void bindsArgumentsOfOneTypeByName() {
		assertThat(bind("move", "swap", null, "a", "b")).containsExactly("b", "a");
	}

	@Test
	void resultOfAmbiguousTypeGoesToParameterNamedResult() {
		assertThat(bind("rename", "renamed", "the result", "the name")).containsExactly("the name", "the result");
	}

	@Test
	void argumentOfNameComesBeforeResult() {
		assertThat(bind("rename", "name", "the result", "the name")).containsExactly("the name");
	}

	@ParameterizedTest
	@ValueSource(strings = { "streamed", "streamedEntity", "iterated", "optionalStream", "resource", "bodyResource" })
	void refusesWhatCanBeReadOnce(String handler) {
		assertThatExceptionOfType(InvalidPostPhaseException.class).isThrownBy(() -> binding(handler, "anything"))
			.satisfies((ex) -> {
				assertThat(ex.getDescription()).contains("'anything'", "Handlers." + handler + "()",
						"which can be read once");
				assertThat(ex.getAction()).contains("Return what can be read again", "AfterResponse.call");
			});
	}

	@Test
	void failsWhereWhatCanBeReadOnceIsDeclaredAsAnything() {
		for (Object result : List.of(Stream.of(1), List.of(1).iterator(),
				new InputStreamResource(InputStream.nullInputStream()), InputStream.nullInputStream())) {
			assertThatIllegalStateException().isThrownBy(() -> bind("unknown", "anything", result))
				.withMessageContaining("'anything'")
				.withMessageContaining("can be read once and was read for the response")
				.withMessageContaining("Return what can be read again");
		}
	}

	@Test
	void bindsResourceThatCanBeReadAgain() {
		Resource resource = new ByteArrayResource(new byte[1]);
		assertThat(bind("unknown", "anything", resource)).containsExactly(resource);
	}

	@Test
	void refusesParameterThatFitsMoreThanOneArgument() {
		assertThatExceptionOfType(InvalidPostPhaseException.class).isThrownBy(() -> binding("move", "ambiguous"))
			.satisfies((ex) -> {
				assertThat(ex.getDescription()).contains("'java.lang.String text'", "'ambiguous'",
						"PostPhases.ambiguous()", "fits more than one value", "Handlers.move()", "no result",
						"argument 'java.lang.String from', argument 'java.lang.String to'");
				assertThat(ex.getAction()).contains("name of the argument").contains("-parameters");
			});
	}

	@Test
	void refusesParameterThatFitsArgumentAndResult() {
		assertThatExceptionOfType(InvalidPostPhaseException.class).isThrownBy(() -> binding("rename", "ambiguous"))
			.withMessageContaining("fits more than one value")
			.withMessageContaining("result java.lang.String");
	}

	@Test
	void refusesStringOfAnotherName() {
		assertThatExceptionOfType(InvalidPostPhaseException.class).isThrownBy(() -> binding("send", "ambiguous"))
			.withMessageContaining("cannot be bound")
			.withMessageContaining("the name as well");
	}

	@Test
	void refusesParameterThatNothingFits() {
		assertThatExceptionOfType(InvalidPostPhaseException.class).isThrownBy(() -> binding("export", "date"))
			.satisfies((ex) -> {
				assertThat(ex.getDescription()).contains("'java.time.LocalDate date'", "cannot be bound",
						"Handlers.export()", "result " + Ticket.class.getName(), "argument 'java.lang.String name'",
						"argument 'long count'");
				assertThat(ex.getAction()).contains("AfterResponse.call");
			});
	}

	@Test
	void refusesWrongTypeAlsoUnderRightName() {
		assertThatExceptionOfType(InvalidPostPhaseException.class).isThrownBy(() -> binding("export", "wrongCount"))
			.withMessageContaining("'java.time.LocalDate count'");
	}

	@Test
	void tellsGenericTypesApart() {
		assertThat(bind("lists", "texts", null, List.of("a"), List.of(1L))).containsExactly(List.of("a"));
		assertThat(bind("lists", "numbers", null, List.of("a"), List.of(1L))).containsExactly(List.of(1L));
		assertThatExceptionOfType(InvalidPostPhaseException.class).isThrownBy(() -> binding("lists", "integers"))
			.withMessageContaining("java.util.List<java.lang.Integer> integers")
			.withMessageContaining("java.util.List<java.lang.String> texts");
	}

	@Test
	void takesSupertypesAndWildcards() {
		assertThat(bind("lists", "anyNumbers", null, List.of("a"), List.of(1L))).containsExactly(List.of(1L));
		assertThat(bind("lists", "collectionOfTexts", null, List.of("a"), List.of(1L))).containsExactly(List.of("a"));
		assertThat(bind("export", "object", new Ticket(1), "name", 5L)).containsExactly("name");
		assertThatExceptionOfType(InvalidPostPhaseException.class).isThrownBy(() -> binding("export", "anything"))
			.withMessageContaining("fits more than one value");
	}

	@Test
	void primitivesAndWrappersFitOneAnother() {
		assertThat(bind("primitives", "wrappers", null, 1L, Boolean.TRUE)).containsExactly(1L, true);
		assertThat(bind("wrappers", "primitives", null, 1L, Boolean.TRUE)).containsExactly(1L, true);
		assertThatExceptionOfType(InvalidPostPhaseException.class).isThrownBy(() -> binding("primitives", "narrower"))
			.withMessageContaining("'int count'");
	}

	@Test
	void nullFitsWrapperAndIsRefusedForPrimitiveByName() {
		assertThat(bind("wrappers", "wrappers", null, null, null)).containsExactly(null, null);
		assertThatIllegalStateException().isThrownBy(() -> bind("wrappers", "primitives", null, null, true))
			.withMessageContaining("'primitives'")
			.withMessageContaining("cannot take null")
			.withMessageContaining("'long count'");
	}

	@Test
	void providedParametersAreLeftToTheEngine() {
		assertThat(bind("export", "provided", new Ticket(1), "name", 5L)).containsExactly(null, null, null, "name",
				null);
	}

	@Test
	void bodyOfUnknownTypeIsCheckedAtRunTime() {
		assertThat(bind("unknown", "ticket", new Ticket(1))).containsExactly(new Ticket(1));
		assertThat(bind("unknown", "ticket", null)).containsExactly((Object) null);
		assertThatIllegalStateException().isThrownBy(() -> bind("unknown", "ticket", "no ticket"))
			.withMessageContaining("Post-phase 'ticket'")
			.withMessageContaining("cannot take a java.lang.String")
			.withMessageContaining("Ticket ticket'");
	}

	@Test
	void resultDeclaredAsObjectOrRawEntityIsCheckedAtRunTime() {
		assertThat(bind("object", "ticket", new Ticket(1))).containsExactly(new Ticket(1));
		assertThat(bind("rawEntity", "ticket", new Ticket(1))).containsExactly(new Ticket(1));
	}

	@Test
	void handlerWithoutResultOffersNone() {
		for (String handler : List.of("nothing", "nothingInEntity")) {
			assertThatExceptionOfType(InvalidPostPhaseException.class).isThrownBy(() -> binding(handler, "ticket"))
				.withMessageContaining("no result, no arguments");
		}
	}

	@Test
	void requestBoundArgumentsAreNotOffered() {
		assertThatExceptionOfType(InvalidPostPhaseException.class).isThrownBy(() -> binding("afterResponse", "ticket"))
			.withMessageContaining("no arguments");
	}

	@Test
	void genericSuperclassIsResolved() {
		HandlerSignature create = handler(new TicketController(), "create");
		PostPhases postPhases = new PostPhases();
		assertThat(ArgumentBinding.of(create, PostPhaseMethods.of(postPhases, "texts"))
			.bind(new Object[] { List.of("a") }, new Ticket(1))
			.arguments()).containsExactly(List.of("a"));
		assertThat(ArgumentBinding.of(create, PostPhaseMethods.of(postPhases, "ticket"))
			.bind(new Object[] { List.of("a") }, new Ticket(1))
			.arguments()).containsExactly(new Ticket(1));
		assertThatExceptionOfType(InvalidPostPhaseException.class)
			.isThrownBy(() -> ArgumentBinding.of(create, PostPhaseMethods.of(postPhases, "numbers")));
	}

	@Test
	void postPhaseOfGenericSuperclassIsResolved() {
		ArgumentBinding binding = ArgumentBinding.of(handler(new Handlers(), "export"),
				PostPhaseMethods.of(new TicketPostPhase(), "process"));
		assertThat(binding.bind(new Object[] { "name", 5L }, new Ticket(1)).arguments()).containsExactly(new Ticket(1));
	}

	@Test
	void arraysAreBoundByComponentType() {
		assertThat(bind("array", "array", null, (Object) new String[] { "a" })).hasSize(1);
		assertThatExceptionOfType(InvalidPostPhaseException.class).isThrownBy(() -> binding("array", "otherArray"));
	}

	@Test
	void primitiveThatTakesTheResultIsKnown() {
		assertThat(binding("number", "primitiveResult").primitiveResult()).contains("long result");
		assertThat(binding("number", "wrapperResult").primitiveResult()).isNull();
		assertThat(binding("primitives", "primitives").primitiveResult()).isNull();
	}

	record Ticket(int id) {
	}

	abstract static class CrudController<T, C> {

		T create(C command) {
			return null;
		}

	}

	static class TicketController extends CrudController<Ticket, List<String>> {

	}

	abstract static class Processor<T> {

		void process(T value) {
		}

	}

	static class TicketPostPhase extends Processor<Ticket> {

	}

	static class Handlers {

		Ticket export(String name, long count) {
			return null;
		}

		void send(String address) {
		}

		void move(String from, String to) {
		}

		String rename(String name) {
			return null;
		}

		void lists(List<String> texts, List<Long> numbers) {
		}

		void primitives(long count, boolean flag) {
		}

		void wrappers(Long count, Boolean flag) {
		}

		ResponseEntity<?> unknown() {
			return null;
		}

		Object object() {
			return null;
		}

		@SuppressWarnings("rawtypes")
		ResponseEntity rawEntity() {
			return null;
		}

		void nothing() {
		}

		ResponseEntity<Void> nothingInEntity() {
			return null;
		}

		void afterResponse(AfterResponse after) {
		}

		void array(String[] texts) {
		}

		long number() {
			return 1;
		}

		Stream<Long> streamed() {
			return Stream.of();
		}

		ResponseEntity<Stream<Long>> streamedEntity() {
			return ResponseEntity.ok(Stream.of());
		}

		Iterator<Long> iterated() {
			return List.<Long>of().iterator();
		}

		Optional<Stream<Long>> optionalStream() {
			return Optional.empty();
		}

		InputStreamResource resource() {
			return new InputStreamResource(InputStream.nullInputStream());
		}

		void bodyResource(InputStreamResource result) {
		}

	}

	static class PostPhases {

		void pack(long count, Ticket ticket, String name) {
		}

		void swap(String to, String from) {
		}

		void renamed(String name, String result) {
		}

		void name(String name) {
		}

		void ambiguous(String text) {
		}

		void date(LocalDate date) {
		}

		void wrongCount(LocalDate count) {
		}

		void texts(List<String> any) {
		}

		void numbers(List<Long> any) {
		}

		void integers(List<Integer> integers) {
		}

		void anyNumbers(List<? extends Number> any) {
		}

		void collectionOfTexts(Collection<String> any) {
		}

		void object(Object name) {
		}

		void anything(Object any) {
		}

		void wrappers(Long count, Boolean flag) {
		}

		void primitives(long count, boolean flag) {
		}

		void narrower(int count) {
		}

		void provided(PostPhaseContext context, RequestSnapshot request, Throwable failure, String name,
				IllegalStateException special) {
		}

		void ticket(Ticket ticket) {
		}

		void array(String[] texts) {
		}

		void otherArray(Integer[] numbers) {
		}

		void primitiveResult(long result) {
		}

		void wrapperResult(Long result) {
		}

		void set(Set<String> texts) {
		}

	}

}
