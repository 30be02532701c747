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

package io.github.earlyresponse.autoconfigure

import io.github.earlyresponse.EarlyResponse
import io.github.earlyresponse.PostPhase
import io.github.earlyresponse.RespondThenContinue
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.launch
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.springframework.web.bind.annotation.GetMapping
import org.springframework.web.bind.annotation.RestController
import kotlin.reflect.KClass

/**
 * What is said at start-up about Kotlin code that cannot work.
 */
class KotlinValidationTests {

	private fun assertFails(component: KClass<*>, description: String, action: String) {
		WebContexts.withStarter().withUserConfiguration(component.java, Works::class.java).run { context ->
			val analysis = WebContexts.analyze(context)
			assertThat(analysis.description).contains(description)
			assertThat(analysis.action).contains(action)
		}
	}

	@Test
	fun `work that is only started is refused`() {
		assertFails(Launches::class, "would return before its work is done, because it is declared to return Job", "void")
		assertFails(Defers::class, "declared to return Deferred", "void")
		assertFails(Flows::class, "declared to return Flow", "void")
		assertFails(SuspendsAndFlows::class, "declared to return Flow", "void")
	}

	@Test
	fun `closed methods and classes are refused`() {
		assertFails(ClosedMethod::class, "is final", "kotlin-spring")
		assertFails(ClosedController::class, "closed() is final", "kotlin-spring")
	}

	@Test
	fun `suspending handler that sends is refused`() {
		assertFails(Sends::class, "takes an EarlyResponse and is a suspending function", "Make it a plain function")
	}

	@Test
	fun `continuation and unit are no values`() {
		assertFails(NothingToBind::class, "has: no result, argument 'java.lang.String name'.", "AfterResponse.call")
	}

	open class Launches {

		@PostPhase
		open fun launches(): Job = CoroutineScope(Dispatchers.Default).launch { }

	}

	open class Defers {

		@PostPhase
		open fun defers(): Deferred<String> = CoroutineScope(Dispatchers.Default).async { "" }

	}

	open class Flows {

		@PostPhase
		open fun flows(): Flow<String> = flowOf("")

	}

	open class SuspendsAndFlows {

		@PostPhase
		open suspend fun flows(): Flow<String> = flowOf("")

	}

	open class ClosedMethod {

		@PostPhase
		fun closed() {
		}

	}

	@RestController
	class ClosedController {

		@GetMapping("/closed")
		@RespondThenContinue("works")
		fun closed(): String = ""

	}

	@RestController
	open class Sends {

		@GetMapping("/sends")
		@RespondThenContinue
		open suspend fun sends(early: EarlyResponse<String>) {
			early.send("sent")
		}

	}

	@RestController
	open class NothingToBind {

		@GetMapping("/nothing")
		@RespondThenContinue("takes")
		open suspend fun nothing(name: String) {
		}

	}

	open class Works {

		@PostPhase
		open fun works() {
		}

		@PostPhase
		open fun takes(unit: Unit) {
		}

	}

}
