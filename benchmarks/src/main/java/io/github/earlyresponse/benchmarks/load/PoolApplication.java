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

package io.github.earlyresponse.benchmarks.load;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.RespondThenContinue;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * An application whose requests and post-phases share a connection pool.
 */
@EnableAutoConfiguration
@Import(PoolApplication.PoolController.class)
class PoolApplication {

	static final int CONNECTIONS = 10;

	static final int REQUEST_MILLIS = 5;

	static final int WORK_MILLIS = 60;

	@Bean
	HikariDataSource dataSource() {
		HikariDataSource dataSource = new HikariDataSource();
		dataSource.setJdbcUrl("jdbc:h2:mem:pool");
		dataSource.setMaximumPoolSize(CONNECTIONS);
		return dataSource;
	}

	@Bean
	SecurityFilterChain open(HttpSecurity http) {
		return http.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll()).build();
	}

	@RestController
	static class PoolController {

		private final DataSource dataSource;

		PoolController(DataSource dataSource) {
			this.dataSource = dataSource;
		}

		@GetMapping("/pool")
		@RespondThenContinue("work")
		String answer() throws Exception {
			hold(REQUEST_MILLIS);
			return "answered";
		}

		@PostPhase
		void work() throws Exception {
			hold(WORK_MILLIS);
		}

		/**
		 * As a statement does that takes that long.
		 */
		private void hold(int millis) throws SQLException, InterruptedException {
			try (Connection connection = this.dataSource.getConnection()) {
				TimeUnit.MILLISECONDS.sleep(millis);
			}
		}

	}

}
