import { announce, element, setText } from "./dom.js";
import { follow } from "./follow.js";
import { duration } from "./format.js";
import { refusal, words } from "./problem.js";
import { request } from "./server.js";
import * as store from "./store.js";

const STATES = {
	queued: "Waiting",
	running: "Running",
	cancelling: "Cancelling",
	completed: "Done",
	failed: "Failed",
	timed_out: "Timed out",
	cancelled: "Cancelled",
	abandoned: "Abandoned",
	skipped: "Skipped",
	stopped: "Stopped",
	interrupted: "Interrupted",
	unknown: "Forgotten",
};

const EXPLANATIONS = {
	timed_out: "It reached its time limit and was stopped.",
	abandoned: "The application was shut down before it had ended.",
	skipped: "It did not run.",
	interrupted: "The server was stopped before it had ended, and does not go on with it.",
	unknown: "The server no longer knows of it. It may have been restarted.",
};

const PAUSE = 1000;

/**
 * Shows what was accepted: how long the answer took, how far the work is, and its result.
 * @param {object} entry what was accepted
 * @param {object} kind what is different with campaigns and exports
 * @param {function()} finished is called when it has ended
 */
export function createCard(entry, kind, finished) {
	const state = element("span", { class: "state" });
	const worked = element("dd", { class: "worked" });
	const workedTerm = element("dt", {}, "working after it");
	const heading = element("h3", { id: `card-${entry.key}` }, entry.title);
	const progress = element("progress", { "aria-labelledby": heading.id });
	const amount = element("span", { class: "amount" });
	const message = element("span", { class: "message" });
	const moving = element("div", { class: "moving" }, progress, element("p", {}, amount, message));
	const result = element("div", { class: "result" });
	const problem = element("p", { class: "problem", role: "alert" });
	const cancel = element("button", { type: "button", "aria-describedby": heading.id, onclick: stop }, "Cancel");
	const card = element("li", { class: "card panel" },
			element("header", {}, heading, state),
			element("dl", {},
					element("div", {}, element("dt", {}, entry.uploaded ? "upload and answer" : "until the answer",
							entry.node ? ` of ${entry.node}` : ""),
							element("dd", { class: "answered" }, duration(entry.answered))),
					element("div", {}, workedTerm, worked)),
			moving, result, problem, cancel);
	const path = `post-phases/${entry.key}`;
	const clock = setInterval(() => setText(worked, duration(Math.max(0, Date.now() - entry.at - entry.answered))), 100);
	let cancelling = false;
	let last = "queued";

	function show(name) {
		card.dataset.state = name;
		setText(state, STATES[name] ?? name);
	}

	function changed(status) {
		if (status.progress) {
			const { done, total } = status.progress;
			if (total) {
				progress.max = total;
				progress.value = done;
				setText(amount, kind.amount(status.progress));
			}
		}
		setText(message, status.progress?.message ?? "");
		if (status.outcome) {
			const time = status.startedAt ? Date.parse(status.finishedAt) - Date.parse(status.startedAt) : undefined;
			const end = { outcome: status.outcome, time, failure: status.failure?.message };
			store.keepEnd(entry.key, end);
			conclude(end);
		}
		else {
			last = status.state;
			cancel.disabled = cancelling;
			show(cancelling ? "cancelling" : last);
		}
	}

	async function conclude({ outcome, time, failure }) {
		clearInterval(clock);
		show(outcome);
		setText(worked, time === undefined ? "–" : duration(time));
		setText(workedTerm, "of work after it");
		if (document.activeElement === cancel) {
			focusHeading();
		}
		moving.remove();
		problem.remove();
		cancel.remove();
		const explanation = failure ?? EXPLANATIONS[outcome];
		if (explanation) {
			result.append(element("p", {}, explanation));
		}
		finished();
		const { told, summary } = await kind.result(entry.location).catch(() => ({ told: [] }));
		result.append(...told);
		announce(`${entry.title}: ${STATES[outcome] ?? outcome}. ${summary ?? explanation ?? ""}`);
	}

	/** For what had the focus and goes away. */
	function focusHeading() {
		heading.tabIndex = -1;
		heading.focus();
	}

	/**
	 * The status is kept for minutes, campaigns and exports for longer.
	 */
	async function gone() {
		const known = await kind.result(entry.location).catch((error) => ({ missing: error.status === 404 }));
		const end = known.missing ? { outcome: "unknown" } : store.end(entry.key);
		const outcome = kind.ends[known.state];
		if (!end && !outcome && kind.isStored(entry)) {
			waitUntilItGoesOn();
		}
		else {
			conclude(end ?? { outcome: outcome ?? "interrupted" });
		}
	}

	/**
	 * The server was stopped or killed, and takes what it has stored from there after its next start.
	 */
	function waitUntilItGoesOn() {
		last = "interrupted";
		cancelling = false;
		cancel.disabled = true;
		show(last);
		setText(message, "It is stored, and goes on in a moment.");
		setTimeout(() => follow(entry.key, changed, gone), PAUSE);
	}

	async function stop() {
		cancelling = true;
		cancel.disabled = true;
		setText(problem, "");
		show("cancelling");
		focusHeading();
		try {
			const response = await request(path, { method: "DELETE" });
			if (!response.ok && response.status !== 404) {
				throw refusal(response);
			}
		}
		catch (error) {
			if (!isFinished()) {
				cancelling = false;
				cancel.disabled = false;
				show(last);
				setText(problem, `Cancelling failed. ${words(error)}`);
			}
		}
	}

	function isFinished() {
		return !card.contains(cancel);
	}

	show(last);
	follow(entry.key, changed, gone);
	return { card, isFinished };
}
