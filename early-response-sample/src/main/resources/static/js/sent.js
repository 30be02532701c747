import { campaign } from "./campaign.js";
import { createCard } from "./card.js";
import { announce, byId } from "./dom.js";
import { archive } from "./export.js";
import { duration } from "./format.js";
import * as store from "./store.js";

const kinds = { campaign, export: archive };

const cards = new Map();

function show(entry, place) {
	const shown = createCard(entry, kinds[entry.kind], arrange);
	cards.set(entry.key, shown);
	byId("cards")[place](shown.card);
	arrange();
	return shown.card;
}

function arrange() {
	const all = [...cards.values()];
	byId("nothing").hidden = all.length > 0;
	byId("clear").hidden = !all.some((shown) => shown.isFinished());
}

function clear() {
	const finished = [...cards].filter(([, shown]) => shown.isFinished());
	finished.forEach(([key, shown]) => {
		shown.card.remove();
		cards.delete(key);
	});
	store.remove(finished.map(([key]) => key));
	arrange();
	byId("sent").focus();
	announce("Finished ones were cleared.");
}

/**
 * Shows what was sent before the page was loaded.
 */
export function comeBack() {
	byId("clear").addEventListener("click", clear);
	store.load().filter((entry) => entry.kind in kinds).forEach((entry) => show(entry, "append"));
}

/**
 * Shows what was just accepted.
 */
export function accepted(entry) {
	store.add(entry);
	show(entry, "prepend").scrollIntoView({ block: "nearest" });
	announce(`${entry.title}: answered in ${duration(entry.answered)}, the work goes on.`);
}
