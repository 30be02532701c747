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

package io.github.earlyresponse.sample.campaign;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;

import org.springframework.mail.MailException;
import org.springframework.mail.MailSendException;
import org.springframework.mail.javamail.JavaMailSender;
import org.springframework.mail.javamail.MimeMessageHelper;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;

@Component
class CampaignMailer {

	static final String POST_PHASE = "send-campaign";

	/** Mails that share a connection, and that are recorded together. */
	private static final int LARGEST_BATCH = 100;

	/** Progress is told after each batch, so that a small campaign has small ones. */
	private static final int BATCHES = 20;

	private final CampaignRepository campaigns;

	private final BatchRecorder recorder;

	private final JavaMailSender mailSender;

	private final CampaignProperties properties;

	CampaignMailer(CampaignRepository campaigns, BatchRecorder recorder, JavaMailSender mailSender,
			CampaignProperties properties) {
		this.campaigns = campaigns;
		this.recorder = recorder;
		this.mailSender = mailSender;
		this.properties = properties;
	}

	/**
	 * Sends a campaign, after its response. If the process dies, the next one goes on
	 * after the last batch that was recorded: at most one was sent and not recorded.
	 * @param campaign what the handler returned
	 * @param letter what the handler was given
	 * @param context told of each batch, and asked after it whether to go on
	 * @throws InterruptedException if it is stopped between two batches
	 */
	@PostPhase(value = POST_PHASE, timeout = "1h", durable = true, checkpointType = Long.class)
	void send(Campaign campaign, CampaignRequest letter, PostPhaseContext context) throws InterruptedException {
		Long last = context.lastCheckpoint(Long.class);
		Campaign current = this.campaigns.started(campaign.id(), context.attempt(), last != null);
		int batchSize = Math.max(1, Math.min(LARGEST_BATCH, current.recipients() / BATCHES));
		int sent = current.sent();
		int failed = current.failed();
		long customer = (last != null) ? last : 0;
		while (true) {
			context.progress(sent + failed, current.recipients(), message(sent, failed, current));
			List<Recipient> batch = this.campaigns.next(campaign.id(), customer, batchSize);
			if (batch.isEmpty()) {
				this.campaigns.completed(campaign.id());
				return;
			}
			// Before the transaction, which cannot take back a mail
			Map<Recipient, String> failures = sendBatch(batch, letter);
			// Cancelling interrupts this thread, and what was sent has still to be
			// recorded
			Thread.interrupted();
			this.recorder.record(campaign.id(), batch, failures, context);
			customer = batch.get(batch.size() - 1).customerId();
			failed += failures.size();
			sent += batch.size() - failures.size();
			Thread.sleep(this.properties.pause().toMillis());
		}
	}

	private static String message(int sent, int failed, Campaign campaign) {
		String node = campaign.node();
		String counts = ((node != null) ? node + ": " : "") + sent + " sent, " + failed + " failed";
		Integer resumedFrom = campaign.resumedFrom();
		if (resumedFrom == null) {
			return counts;
		}
		return String.format(Locale.ROOT, "%s; attempt %d, from letter %,d", counts, campaign.attempt(), resumedFrom);
	}

	private Map<Recipient, String> sendBatch(List<Recipient> batch, CampaignRequest letter) {
		Map<Recipient, String> failures = new HashMap<>();
		Map<MimeMessage, Recipient> messages = new LinkedHashMap<>();
		for (Recipient recipient : batch) {
			try {
				messages.put(message(recipient, letter), recipient);
			}
			catch (MessagingException ex) {
				failures.put(recipient, reason(ex));
			}
		}
		try {
			this.mailSender.send(messages.keySet().toArray(MimeMessage[]::new));
		}
		catch (MailSendException ex) {
			ex.getFailedMessages().forEach((message, cause) -> failures.put(messages.get(message), reason(cause)));
		}
		catch (MailException ex) {
			messages.values().forEach((recipient) -> failures.put(recipient, reason(ex)));
		}
		return failures;
	}

	private MimeMessage message(Recipient recipient, CampaignRequest letter) throws MessagingException {
		MimeMessageHelper mail = new MimeMessageHelper(this.mailSender.createMimeMessage(), "UTF-8");
		mail.setValidateAddresses(true);
		mail.setFrom(this.properties.from());
		mail.setTo(recipient.email());
		mail.setSubject(letter.subject());
		mail.setText(letter.text().replace("{name}", recipient.name()));
		return mail.getMimeMessage();
	}

	private String reason(Exception ex) {
		return StringUtils.truncate(Objects.requireNonNullElse(ex.getMessage(), ex.toString()).strip(), 200);
	}

}
