import java.util.concurrent.CountDownLatch;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/**
 * Runs a PostgreSQL of its own on a free port, and prints its URL. It is stopped, and its
 * data are deleted, when this process is terminated.
 */
class Postgres {

	public static void main(String[] args) throws Exception {
		EmbeddedPostgres postgres = EmbeddedPostgres.start();
		System.out.println("URL " + postgres.getJdbcUrl("postgres", "postgres"));
		new CountDownLatch(1).await();
	}

}
