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

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import io.github.earlyresponse.PostPhase;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;

/**
 * An application without handlers, whose class path need not have the servlet API. It
 * ends with the process that has started it.
 */
@TestApplication
public class WorkerApplication {

	/**
	 * Starts it in a process of its own.
	 */
	public static void main(String[] properties) {
		Assert.state(!ClassUtils.isPresent("jakarta.servlet.Servlet", null), "There is a servlet API");
		Thread parent = new Thread(WorkerApplication::endWithParent, "parent");
		parent.setDaemon(true);
		parent.start();
		List<String> all = new ArrayList<>(List.of(TestApplication.WITHOUT_JPA, "spring.main.keep-alive=true",
				"early-response.durable.engine=jdbc", DurableApplication.MONITORING + "=false"));
		all.addAll(List.of(properties));
		new SpringApplicationBuilder(WorkerApplication.class).properties(all.toArray(String[]::new)).run();
	}

	private static void endWithParent() {
		try {
			while (System.in.read() >= 0) {
				continue;
			}
		}
		catch (IOException ex) {
			// It has ended
		}
		Runtime.getRuntime().halt(2);
	}

	@Bean
	Work work(JdbcClient jdbc) {
		return new Work(jdbc);
	}

	static class Work {

		private final JdbcClient jdbc;

		Work(JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		@PostPhase(value = "record", durable = true)
		void recordOrder(Order order) {
			this.jdbc.sql("insert into effects values (?)").param(order.item()).update();
		}

	}

	record Order(String item) {

	}

}
