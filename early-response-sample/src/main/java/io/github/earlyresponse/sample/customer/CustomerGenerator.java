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

package io.github.earlyresponse.sample.customer;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.stereotype.Component;

/**
 * Fills an empty table with 3,000 customers, the same ones each time: 2,000 of the
 * segment {@code online} and 400 of {@code trade}, whose addresses are good, and 600 of
 * {@code till}, whose addresses were typed in by hand, every fiftieth of them wrong.
 */
@Component
class CustomerGenerator implements SmartInitializingSingleton {

	private static final List<String> FIRST_NAMES = List.of("Ada", "Agnes", "Alma", "Amir", "Anton", "Astrid", "Bela",
			"Bruno", "Carla", "Cyril", "Dana", "Dario", "Edith", "Elias", "Emre", "Esther", "Fabian", "Fatima", "Felix",
			"Freya", "Gemma", "Goran", "Greta", "Hana", "Hugo", "Ida", "Igor", "Ines", "Ivo", "Jana", "Jonas", "Judit",
			"Karim", "Klara", "Lars", "Leila", "Linus", "Luisa", "Magda", "Marek", "Mina", "Nadia", "Nils", "Nora",
			"Olga", "Oscar", "Paula", "Pavel", "Petra", "Rafael", "Rosa", "Samuel", "Selma", "Simon", "Tara", "Theo",
			"Ulla", "Viktor", "Wanda", "Yusuf");

	private static final List<String> LAST_NAMES = List.of("Abbott", "Albers", "Bauer", "Becker", "Blom", "Brandt",
			"Carter", "Castro", "Conti", "Dahl", "Dubois", "Eklund", "Engel", "Falk", "Ferrari", "Fischer", "Garcia",
			"Grant", "Hansen", "Hartmann", "Holm", "Ivanov", "Jansen", "Jensen", "Keller", "Koch", "Kovac", "Lang",
			"Larsen", "Lindberg", "Lopez", "Maier", "Marino", "Meyer", "Moreau", "Nagy", "Novak", "Olsen", "Palmer",
			"Petrov", "Rossi", "Roth", "Santos", "Schmidt", "Silva", "Sommer", "Toth", "Vogel", "Weber", "Winter");

	private static final List<String> CITIES = List.of("Antwerp", "Bergen", "Bologna", "Graz", "Hamburg", "Krakow",
			"Leeds", "Lyon", "Porto", "Utrecht", "Zagreb");

	private final CustomerRepository customers;

	CustomerGenerator(CustomerRepository customers) {
		this.customers = customers;
	}

	@Override
	public void afterSingletonsInstantiated() {
		if (this.customers.count("all") == 0) {
			this.customers.addAll(IntStream.rangeClosed(1, 3000).mapToObj(this::customer).toList());
		}
	}

	private Customer customer(int id) {
		String first = FIRST_NAMES.get(id % FIRST_NAMES.size());
		String last = LAST_NAMES.get(id / FIRST_NAMES.size() % LAST_NAMES.size());
		String city = CITIES.get(id % CITIES.size());
		return new Customer(id, first + " " + last, email(id, first, last), city, segment(id));
	}

	private String segment(int id) {
		if (id <= 2000) {
			return "online";
		}
		return (id <= 2400) ? "trade" : "till";
	}

	private String email(int id, String first, String last) {
		String user = (first + "." + last).toLowerCase(Locale.ROOT);
		if (!segment(id).equals("till") || id % 50 != 0) {
			return user + ((id % 2 == 0) ? "@example.com" : "@example.org");
		}
		return switch (id / 50 % 4) {
			case 0 -> user + ".example.com";
			case 1 -> user + "@example..com";
			case 2 -> user.replace('.', ' ') + "@example.com";
			default -> "@example.com";
		};
	}

}
