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

package io.github.earlyresponse.sample;

import java.util.concurrent.Semaphore;

import com.icegreen.greenmail.util.GreenMail;
import jakarta.mail.internet.MimeMessage;
import org.jspecify.annotations.Nullable;

import org.springframework.mail.MailSendException;
import org.springframework.mail.javamail.JavaMailSenderImpl;

/**
 * Sends a batch of mails when the test lets it, so that the test sees every stage of a
 * campaign and never waits for time to pass.
 */
class GatedMailSender extends JavaMailSenderImpl {

	private static final int OPEN = 1_000_000;

	private final Semaphore gate = new Semaphore(OPEN);

	GatedMailSender(GreenMail mailServer) {
		setHost(mailServer.getSmtp().getBindTo());
		setPort(mailServer.getSmtp().getPort());
	}

	@Override
	protected void doSend(MimeMessage[] mails, Object @Nullable [] originals) {
		try {
			this.gate.acquire();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new MailSendException("Interrupted at the gate", ex);
		}
		super.doSend(mails, originals);
	}

	void close() {
		this.gate.drainPermits();
	}

	void letThrough(int batches) {
		this.gate.release(batches);
	}

	void open() {
		this.gate.release(OPEN);
	}

}
