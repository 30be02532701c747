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

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.context.annotation.Conditional;

/**
 * Matches if a {@link Flag} is on, or off, or if several are. Unlike Spring Boot's
 * condition on a boolean property it takes each value that the property itself takes,
 * such as {@code yes}, {@code on} and {@code 1}.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Conditional(OnFlagCondition.class)
@interface ConditionalOnFlag {

	/**
	 * The properties, of which all have to have the value.
	 * @return the properties
	 */
	Flag[] value();

	/**
	 * The value that matches.
	 * @return the value that matches
	 */
	boolean havingValue() default true;

}
