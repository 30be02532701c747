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

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.Environment;

/**
 * Stops the start where beans and properties disagree: when a property comes from
 * elsewhere than the environment, when it has a converter of its own, or when it was
 * changed after the application was processed ahead of time.
 */
class FlagCheck implements SmartInitializingSingleton {

	private final EarlyResponseProperties properties;

	private final Environment environment;

	private final ListableBeanFactory beanFactory;

	FlagCheck(EarlyResponseProperties properties, Environment environment, ListableBeanFactory beanFactory) {
		this.properties = properties;
		this.environment = environment;
		this.beanFactory = beanFactory;
	}

	@Override
	public void afterSingletonsInstantiated() {
		for (Flag flag : Flag.values()) {
			check(flag, flag.isOn(this.environment),
					"It is not in the environment, or has a converter of its own. Set it in a property source of the "
							+ "environment, such as application.properties, to true or false.");
		}
		boolean enabled = this.beanFactory.getBeanNamesForType(DisabledConfiguration.class, true, false).length == 0;
		check(Flag.ENABLED, enabled, "It was " + enabled
				+ " when the application was processed ahead of time. Build the application with the new value.");
	}

	private void check(Flag flag, boolean expected, String reason) {
		boolean value = flag.isOn(this.properties);
		if (value != expected) {
			throw new InvalidConfigurationPropertyValueException(flag.key(), value, reason);
		}
	}

}
