import { byId, element, setText } from "./dom.js";
import { post, submitWith } from "./form.js";
import { count, number } from "./format.js";
import { json, persistently } from "./server.js";

const MOST_FAILURES = 50;

/**
 * What a card has to know of campaigns.
 */
export const campaign = {

	amount: (progress) => `${number(progress.done)} of ${count(progress.total, "letter")}`,

	isStored: () => true,

	ends: { COMPLETED: "completed", CANCELLED: "cancelled", STOPPED: "stopped" },

	async result(location) {
		const { state, sent, failed, pending, attempt, resumedFrom, node } = await persistently(location);
		const told = [element("p", {}, element("strong", {}, count(sent, "letter")), " sent, ",
				element("strong", {}, number(failed)), " failed", pending ? `, ${number(pending)} not tried` : "")];
		if (resumedFrom) {
			told.push(element("p", { class: "resumed" }, `Attempt ${attempt}, from letter ${number(resumedFrom)}`));
		}
		if (node) {
			const nodes = await persistently(`${location}/nodes`);
			told.push(element("p", { class: "nodes" }, `Sent by ${nodes
				.map(({ node, letters }) => `${node} (${number(letters)})`).join(" and ")}`));
		}
		if (failed > 0) {
			told.push(failures(location, failed));
		}
		return { state, told, summary: `${count(sent, "letter")} sent, ${number(failed)} failed` };
	},

};

function failures(location, failed) {
	const list = element("ul");
	const details = element("details", {}, element("summary", {}, `Show ${count(failed, "failure")}`), list);
	details.addEventListener("toggle", async () => {
		const all = await persistently(`${location}/failures`).catch((error) => [{ email: "", reason: error.message }]);
		list.replaceChildren(...all.slice(0, MOST_FAILURES)
			.map(({ email, reason }) => element("li", {}, element("code", {}, email), ` ${reason}`)));
		if (all.length > MOST_FAILURES) {
			list.append(element("li", {}, `and ${number(all.length - MOST_FAILURES)} more`));
		}
	}, { once: true });
	return details;
}

/**
 * A key with which the server knows a letter again whose answer was lost. Not
 * crypto.randomUUID(), which is there over HTTPS only.
 */
function randomKey() {
	return [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(16)).join("-");
}

/**
 * Makes the form work.
 * @param {function(object)} accepted is given what was accepted
 */
export function campaignForm(accepted) {
	const form = byId("campaign");
	const { subject, text, segment, limit } = form.elements;
	const button = form.querySelector("[type=submit]");
	let customers;
	let unanswered = {};

	function showNumber() {
		const most = limit.valueAsNumber;
		const letters = most > 0 ? Math.min(customers, most) : customers;
		setText(byId("recipients"), customers === undefined ? "\u00a0" : count(customers, "customer"));
		setText(button, customers === undefined ? "Send letters" : `Send ${count(letters, "letter")}`);
	}

	async function countCustomers() {
		const asked = segment.value;
		const page = await json(`customers?size=1&segment=${encodeURIComponent(asked)}`).catch(() => undefined);
		if (asked === segment.value) {
			customers = page?.total;
			showNumber();
		}
	}

	segment.addEventListener("change", countCustomers);
	limit.addEventListener("input", showNumber);
	countCustomers();
	submitWith(form, async () => {
		const letter = { subject: subject.value, text: text.value, segment: segment.value };
		if (limit.value || limit.validity.badInput) {
			letter.limit = limit.valueAsNumber || 0;
		}
		const content = JSON.stringify(letter);
		if (unanswered.content !== content) {
			unanswered = { content, key: randomKey() };
		}
		const { body, ...sent } = await post("campaigns", content,
				{ "Content-Type": "application/json", "Idempotency-Key": `"${unanswered.key}"` });
		unanswered = {};
		accepted({ ...sent, kind: "campaign", title: `“${body.subject}” to ${count(body.recipients, "customer")}` });
	});
}
