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

package io.github.earlyresponse.call;

import org.springframework.core.KotlinDetector;

/**
 * What to add to a remedy where the code is Kotlin.
 */
public final class KotlinRemedy {

	private KotlinRemedy() {
	}

	/**
	 * How to let a proxy extend a class, which in Kotlin is final by default.
	 * @param type the class
	 * @return a sentence that begins with a space, empty if it is no class of Kotlin
	 */
	public static String open(Class<?> type) {
		return KotlinDetector.isKotlinType(type)
				? " In Kotlin make class and method open, as the compiler plugin kotlin-spring does." : "";
	}

}
