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

package io.github.earlyresponse.wire

import io.github.earlyresponse.AfterResponse
import io.github.earlyresponse.PostPhase
import io.github.earlyresponse.PostPhaseContext
import io.github.earlyresponse.PostPhaseOutcome
import io.github.earlyresponse.RespondThenContinue
import io.github.earlyresponse.testsupport.RawHttpClient
import io.github.earlyresponse.testsupport.RunningServer
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.withContext
import kotlinx.coroutines.yield
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.BeforeAll
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestInstance
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import org.slf4j.MDC
import org.springframework.http.ResponseEntity
import org.springframework.web.bind.annotation.GetMapping
import org.springframework.web.bind.annotation.RequestParam
import org.springframework.web.bind.annotation.RestController
import java.io.IOException
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit

/**
 * Handlers and post-phases that are written in Kotlin.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KotlinTests {

	private lateinit var server: RunningServer

	private val work get() = server.bean(Work::class.java)

	@BeforeAll
	fun start() {
		server = RunningServer.start(listOf(Handlers::class.java, Work::class.java))
	}

	@AfterAll
	fun stop() = server.close()

	@BeforeEach
	fun forget() {
		server.listener().forget()
		work.seen.clear()
	}

	private fun get(path: String, status: Int = 200): String = RawHttpClient(server.port()).use {
		val response = it.get(path)
		assertThat(response.status()).describedAs(response.body()).isEqualTo(status)
		response.body()
	}

	@ParameterizedTest
	@CsvSource(
		"/plain, plain Receipt(id=7 tag=null)", "/nullable, plain null", "/suspending, plain Receipt(id=7 tag=s)",
		"/at-once, plain Receipt(id=7 tag=a)", "/entity, plain Receipt(id=7 tag=e)",
		"/argument?id=8, suspended 8", "/unit?id=9, suspended 9", "/decide?id=5, called 5 null",
		"/flow?id=4, suspended 4", "/value?id=3, value 3", "/default?id=2, default 2 none",
		"/condition?id=6, suspended 6",
	)
	fun continues(path: String, seen: String) {
		get(path)
		server.awaitBalance()
		assertThat(server.listener().outcomes()).containsExactly(PostPhaseOutcome.COMPLETED)
		assertThat(work.seen.map { it.replace(",", "") }).containsExactly(seen)
	}

	@Test
	fun `exception of a suspending handler is answered`() {
		get("/failing", 500)
		server.awaitBalance()
		assertThat(server.listener().outcomes()).containsExactly(PostPhaseOutcome.SKIPPED)
	}

	@Test
	fun `condition that is not met`() {
		get("/condition?id=1")
		server.awaitBalance()
		assertThat(server.listener().outcomes()).containsExactly(PostPhaseOutcome.SKIPPED)
	}

	@ParameterizedTest
	@CsvSource("at-once", "later", "elsewhere")
	fun `exception of a suspending post-phase is its failure`(how: String) {
		get("/fails?how=$how")
		server.awaitBalance()
		val result = server.listener().onlyResult()
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.FAILED)
		assertThat(result.failure()).isInstanceOf(IOException::class.java).hasMessage(how)
	}

	@Test
	fun `suspending post-phase stays on its thread with its context`() {
		get("/mdc")
		server.awaitBalance()
		assertThat(work.seen).containsExactly("mdc true true")
	}

	@Test
	fun `suspending post-phase is cancelled at its time limit`() {
		get("/slow")
		server.awaitBalance()
		assertThat(server.listener().outcomes()).containsExactly(PostPhaseOutcome.TIMED_OUT)
		assertThat(work.cancelled.await(20, TimeUnit.SECONDS)).isTrue()
	}

	data class Receipt(val id: Long, val tag: String? = null)

	@JvmInline
	value class Id(val number: Long)

	@RestController
	open class Handlers {

		@GetMapping("/plain")
		@RespondThenContinue("plain")
		open fun plain() = Receipt(7)

		@GetMapping("/nullable")
		@RespondThenContinue("plain")
		open fun nullable(): Receipt? = null

		@GetMapping("/suspending")
		@RespondThenContinue("plain")
		open suspend fun suspending(): Receipt {
			delay(20)
			return Receipt(7, "s")
		}

		@GetMapping("/at-once")
		@RespondThenContinue("plain")
		open suspend fun atOnce(): Receipt = Receipt(7, "a")

		@GetMapping("/entity")
		@RespondThenContinue("plain")
		open suspend fun entity(): ResponseEntity<Receipt> {
			yield()
			return ResponseEntity.ok(Receipt(7, "e"))
		}

		@GetMapping("/argument")
		@RespondThenContinue("suspended")
		open suspend fun argument(@RequestParam id: Long): Receipt {
			delay(1)
			return Receipt(id)
		}

		@GetMapping("/unit")
		@RespondThenContinue("suspended")
		open suspend fun unit(@RequestParam id: Long) {
			delay(1)
		}

		@GetMapping("/decide")
		@RespondThenContinue
		open suspend fun decide(@RequestParam id: Long, after: AfterResponse): Receipt {
			after.call("called", id, null)
			return Receipt(id)
		}

		@GetMapping("/flow")
		@RespondThenContinue("suspended")
		open fun flow(@RequestParam id: Long): Flow<Receipt> = flowOf(Receipt(id), Receipt(id))

		@GetMapping("/value")
		@RespondThenContinue("value")
		open fun value(@RequestParam id: Id): String = "answer"

		@GetMapping("/default")
		@RespondThenContinue("default")
		open fun default(@RequestParam id: Long, note: String = "none"): String = "answer"

		@GetMapping("/condition")
		@RespondThenContinue("suspended", condition = "#id > 5 and #result.id == #a0")
		open suspend fun condition(@RequestParam id: Long): Receipt {
			delay(1)
			return Receipt(id)
		}

		@GetMapping("/failing")
		@RespondThenContinue("plain")
		open suspend fun failing(): Receipt {
			delay(1)
			throw IOException("failing")
		}

		@GetMapping("/fails")
		@RespondThenContinue("fails")
		open fun fails(@RequestParam how: String): String = "answer"

		@GetMapping("/mdc")
		@RespondThenContinue("mdc")
		open fun mdc(): String {
			MDC.put("tenant", "seven")
			return "answer"
		}

		@GetMapping("/slow")
		@RespondThenContinue("slow")
		open fun slow(): String = "answer"

	}

	open class Work {

		open val seen = ConcurrentLinkedQueue<String>()

		open val cancelled = CountDownLatch(1)

		@PostPhase
		open fun plain(receipt: Receipt?) {
			seen.add("plain $receipt")
		}

		@PostPhase
		open suspend fun suspended(id: Long, context: PostPhaseContext) {
			delay(10)
			withContext(Dispatchers.IO) { yield() }
			check(!context.cancellationRequested())
			seen.add("suspended $id")
		}

		@PostPhase
		open suspend fun called(id: Long, note: String?) {
			seen.add("called $id $note")
		}

		@PostPhase
		open fun value(id: Id) {
			seen.add("value ${id.number}")
		}

		@PostPhase
		open fun default(id: Long, note: String) {
			seen.add("default $id $note")
		}

		@PostPhase
		open suspend fun fails(how: String) {
			when (how) {
				"later" -> delay(10)
				"elsewhere" -> withContext(Dispatchers.IO) { throw IOException(how) }
			}
			throw IOException(how)
		}

		@PostPhase
		open suspend fun mdc() {
			val thread = Thread.currentThread()
			delay(10)
			seen.add("mdc ${MDC.get("tenant") == "seven"} ${Thread.currentThread() === thread}")
		}

		@PostPhase(timeout = "100ms")
		open suspend fun slow() {
			try {
				delay(60_000)
			}
			catch (ex: CancellationException) {
				cancelled.countDown()
				throw ex
			}
		}

	}

}
