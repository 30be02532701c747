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

import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.RespondThenContinue;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Mails a letter to each customer by SMTP, with its checkpoints outside of transactions.
 */
@RestController
class SmtpMailing {

	private final int port;

	SmtpMailing(@Value("${smtp.port:0}") int port) {
		this.port = port;
	}

	@PostMapping("/letters/{letters}")
	@RespondThenContinue({ "send-letters", "mail-in-transactions" })
	void accept(@PathVariable int letters) {
	}

	@PostPhase(value = "send-letters", durable = true, checkpointType = Integer.class)
	void send(int letters, PostPhaseContext context) throws MessagingException {
		Session session = Session.getInstance(new Properties());
		try (Transport transport = session.getTransport("smtp")) {
			transport.connect("127.0.0.1", this.port, null, null);
			for (int letter = Mailing.next(context); letter <= letters; letter++) {
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
				MimeMessage message = new MimeMessage(session);
				message.setFrom("shop@example.org");
				message.setRecipient(RecipientType.TO, new InternetAddress(letter + "@example.org"));
				message.setSubject(String.valueOf(context.attempt()));
				message.setText("Dear customer");
				message.saveChanges();
				transport.sendMessage(message, message.getAllRecipients());
				context.checkpoint(letter);
			}
		}
	}

}
