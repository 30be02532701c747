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

package io.github.earlyresponse.context;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.StorableContextCarrier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link StoredContexts}.
 */
@ExtendWith(OutputCaptureExtension.class)
class StoredContextsTests {

	private final List<String> events = new ArrayList<>();

	private final ContextCarrier plain = () -> () -> () -> {
	};

	private final Carrier tenant = new Carrier("tenant", "north");

	private final Carrier shop = new Carrier("shop", "south");

	private static StoredContexts stored(ContextCarrier... carriers) {
		return new StoredContexts(CompositeContextCarrier.forPostPhases(List.of(carriers)), Set.of());
	}

	private static ContextCarrier.Context capture(ContextCarrier... carriers) {
		return CompositeContextCarrier.forPostPhases(List.of(carriers)).capture();
	}

	@Test
	void writesTheValuesOfEachCarrierByItsName() {
		ContextCarrier[] carriers = { this.tenant, this.plain, this.shop };
		assertThat(stored(carriers).write(capture(carriers))).containsExactlyInAnyOrderEntriesOf(
				Map.of("tenant", Map.of("value", "north"), "shop", Map.of("value", "south")));
	}

	@Test
	void readsInTheOrderOfTheCarriers() {
		Map<String, Map<String, String>> values = stored(this.shop, this.tenant).write(capture(this.shop, this.tenant));
		this.events.clear();
		stored(this.tenant, this.plain, this.shop).read(values).open().close();
		assertThat(this.events).containsExactly("open tenant north", "open shop south", "close shop", "close tenant");
	}

	@Test
	void valuesAreNotComputedToRunInMemory() {
		capture(this.tenant).open().close();
		assertThat(this.events).containsExactly("capture tenant", "open tenant north", "close tenant");
	}

	@Test
	void whatWasNotCapturedIsNeitherWrittenNorRestored() {
		Carrier nothing = new Carrier("nothing", null);
		Map<String, Map<String, String>> values = stored(nothing).write(capture(nothing));
		assertThat(values).isEmpty();
		this.events.clear();
		stored(nothing).read(values).open().close();
		assertThat(this.events).isEmpty();
	}

	@Test
	void whatWasStoredByACarrierThatIsGoneIsIgnored() {
		stored(this.shop).read(Map.of("tenant", Map.of("value", "north"))).open().close();
		assertThat(this.events).isEmpty();
	}

	@Test
	void excludedCarriersAreNeitherWrittenNorRestored() {
		StoredContexts stored = new StoredContexts(
				CompositeContextCarrier.forPostPhases(List.of(this.tenant, this.shop)), Set.of("tenant"));
		assertThat(stored.write(capture(this.tenant, this.shop))).containsOnlyKeys("shop");
		this.events.clear();
		stored.read(Map.of("tenant", Map.of("value", "north"))).open().close();
		assertThat(this.events).isEmpty();
	}

	@Test
	void contextThatIsNotThatOfTheCarriersHasNothingToStore() {
		assertThat(stored(this.tenant).write(() -> () -> {
		})).isEmpty();
	}

	@Test
	void namesTheClassOfACarrierThatIsLeftOut(CapturedOutput output) {
		stored(this.tenant, new NotStorable(), new HandlerOnlyCarrier(this.plain));
		assertThat(output.getAll().lines().filter((line) -> line.contains("StorableContextCarrier"))).singleElement()
			.asString()
			.contains(NotStorable.class.getName());
	}

	@Test
	void namesAreUnique() {
		assertThatIllegalStateException().isThrownBy(() -> stored(this.tenant, new Carrier("tenant", "south")))
			.withMessageContaining("'tenant'")
			.withMessageContaining(Carrier.class.getName());
	}

	@Test
	void failureToRestoreNamesTheCarrier() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> stored(this.tenant).read(Map.of("tenant", Map.of("unexpected", ""))))
			.withMessageContaining("'tenant'")
			.withMessageContaining("no value");
	}

	private final class Carrier implements StorableContextCarrier {

		private final String name;

		private final String value;

		Carrier(String name, String value) {
			this.name = name;
			this.value = value;
		}

		@Override
		public String name() {
			return this.name;
		}

		@Override
		public StorableContext capture() {
			StoredContextsTests.this.events.add("capture " + this.name);
			return (this.value != null) ? context(this.value) : null;
		}

		@Override
		public Context restore(Map<String, String> values) {
			if (!values.containsKey("value")) {
				throw new IllegalStateException("no value");
			}
			return context(values.get("value"));
		}

		private StorableContext context(String value) {
			return new StorableContext() {

				@Override
				public Scope open() {
					StoredContextsTests.this.events.add("open " + Carrier.this.name + " " + value);
					return () -> StoredContextsTests.this.events.add("close " + Carrier.this.name);
				}

				@Override
				public Map<String, String> values() {
					StoredContextsTests.this.events.add("values " + Carrier.this.name);
					return Map.of("value", value);
				}

			};
		}

	}

	private static final class NotStorable implements ContextCarrier {

		@Override
		public Context capture() {
			return null;
		}

	}

}
