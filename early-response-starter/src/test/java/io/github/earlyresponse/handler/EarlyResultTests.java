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

import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.ResolvableType;
import org.springframework.http.HttpEntity;
import org.springframework.http.ResponseEntity;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.request.async.WebAsyncTask;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EarlyResult}.
 */
class EarlyResultTests {

	private static ResolvableType type(String handler) {
		return type(Handlers.class, handler);
	}

	private static ResolvableType type(Class<?> controller, String handler) {
		return EarlyResult.type(ReflectionUtils.findMethod(controller, handler), controller);
	}

	@ParameterizedTest
	@ValueSource(strings = { "plain", "entity", "httpEntity", "future", "stage", "callable", "deferred", "asyncTask",
			"mono", "futureEntity", "callableEntity", "monoEntity", "deferredEntity", "asyncTaskEntity" })
	void ticketIsTakenOutOfWhatHandlerDeclares(String handler) {
		assertThat(type(handler).toClass()).isEqualTo(Ticket.class);
	}

	@Test
	void genericsOfValueAreKept() {
		assertThat(type("listInFutureEntity").toString()).isEqualTo("java.util.List<java.lang.String>");
	}

	@ParameterizedTest
	@ValueSource(strings = { "nothing", "nothingInEntity", "nothingInFuture", "nothingInMono", "flux", "streaming",
			"emitter", "streamingEntity", "emitterEntity" })
	void thereIsNoValue(String handler) {
		assertThat(type(handler)).isSameAs(ResolvableType.NONE);
	}

	@ParameterizedTest
	@ValueSource(strings = { "wildcardEntity", "rawEntity", "object" })
	void valueOfUnknownTypeIsAnObject(String handler) {
		assertThat(type(handler)).isNotSameAs(ResolvableType.NONE);
		assertThat(type(handler).toClass()).isEqualTo(Object.class);
	}

	@Test
	void typeVariableOfSuperclassIsResolved() {
		assertThat(type(TicketController.class, "create").toClass()).isEqualTo(Ticket.class);
		assertThat(type(TicketController.class, "createLater").toClass()).isEqualTo(Ticket.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "ownDeferred", "ownFuture", "ownCallable" })
	void ticketIsTakenOutOfSubclassOfAsyncType(String handler) {
		assertThat(type(handler).toClass()).isEqualTo(Ticket.class);
	}

	@Test
	void ticketIsTakenOutOfMonoInEntity() {
		assertThat(type("entityOfMono").toClass()).isEqualTo(Ticket.class);
	}

	static Stream<Object> asynchronous() {
		return Stream.of(new CompletableFuture<>(), CompletableFuture.completedStage("value"),
				(Callable<String>) () -> "value", new DeferredResult<>(), new WebAsyncTask<>(() -> "value"),
				Mono.empty(), Flux.empty(), new SseEmitter(), ResponseEntity.ok(new SseEmitter()));
	}

	@ParameterizedTest
	@MethodSource("asynchronous")
	void valueThatComesLaterIsAsync(Object returned) {
		assertThat(EarlyResult.isAsync(returned)).isTrue();
	}

	static Stream<Object> immediate() {
		return Stream.of("value", new Object(), ResponseEntity.ok("value"), List.of());
	}

	@ParameterizedTest
	@MethodSource("immediate")
	void valueThatIsThereIsNotAsync(Object returned) {
		assertThat(EarlyResult.isAsync(returned)).isFalse();
	}

	@Test
	void nullIsNotAsync() {
		assertThat(EarlyResult.isAsync(null)).isFalse();
	}

	@Test
	void valueIsTakenOutOfEntity() {
		assertThat(EarlyResult.unwrap(ResponseEntity.ok("value"))).isEqualTo("value");
		assertThat(EarlyResult.unwrap(new HttpEntity<>("value"))).isEqualTo("value");
		assertThat(EarlyResult.unwrap(ResponseEntity.noContent().build())).isNull();
		assertThat(EarlyResult.unwrap("value")).isEqualTo("value");
		assertThat(EarlyResult.unwrap(null)).isNull();
	}

	@Test
	void streamsAreNoValue() {
		assertThat(EarlyResult.unwrap(new SseEmitter())).isNull();
		StreamingResponseBody body = OutputStream::flush;
		assertThat(EarlyResult.unwrap(body)).isNull();
		assertThat(EarlyResult.unwrap(ResponseEntity.ok(body))).isNull();
	}

	record Ticket(int id) {
	}

	static class OwnDeferred extends DeferredResult<Ticket> {

	}

	static class Tagged<K, T> extends CompletableFuture<T> {

	}

	interface OwnCallable extends Callable<Ticket> {

	}

	abstract static class CrudController<T> {

		T create() {
			return null;
		}

		CompletableFuture<ResponseEntity<T>> createLater() {
			return null;
		}

	}

	static class TicketController extends CrudController<Ticket> {

	}

	@SuppressWarnings("rawtypes")
	interface Handlers {

		Ticket plain();

		ResponseEntity<Ticket> entity();

		HttpEntity<Ticket> httpEntity();

		CompletableFuture<Ticket> future();

		CompletionStage<Ticket> stage();

		Callable<Ticket> callable();

		DeferredResult<Ticket> deferred();

		WebAsyncTask<Ticket> asyncTask();

		Mono<Ticket> mono();

		CompletableFuture<ResponseEntity<Ticket>> futureEntity();

		Callable<ResponseEntity<Ticket>> callableEntity();

		Mono<ResponseEntity<Ticket>> monoEntity();

		DeferredResult<ResponseEntity<Ticket>> deferredEntity();

		WebAsyncTask<ResponseEntity<Ticket>> asyncTaskEntity();

		CompletableFuture<ResponseEntity<List<String>>> listInFutureEntity();

		void nothing();

		ResponseEntity<Void> nothingInEntity();

		CompletableFuture<Void> nothingInFuture();

		Mono<Void> nothingInMono();

		Flux<Ticket> flux();

		StreamingResponseBody streaming();

		SseEmitter emitter();

		ResponseEntity<StreamingResponseBody> streamingEntity();

		ResponseEntity<SseEmitter> emitterEntity();

		ResponseEntity<?> wildcardEntity();

		ResponseEntity rawEntity();

		Object object();

		OwnDeferred ownDeferred();

		Tagged<String, Ticket> ownFuture();

		OwnCallable ownCallable();

		ResponseEntity<Mono<Ticket>> entityOfMono();

	}

}
