import { byId, element, setText } from "./dom.js";
import { duration, number, parseDuration } from "./format.js";
import { refusal } from "./problem.js";
import { repeat, request } from "./server.js";

const PAUSE = 1000;

const MOST = 8;

const rows = new Map();

/**
 * Shows what is in flight, whoever has sent it.
 */
export function watchRunning() {
	repeat(async () => {
		const response = await request("actuator/earlyresponse");
		if (!response.ok) {
			throw refusal(response);
		}
		setText(byId("node"), response.headers.get("Node") ?? "");
		show(JSON.parse(response.text));
	}, PAUSE);
}

function show({ capacity, inFlight, queued, postPhases }) {
	setText(byId("in-flight"), number(inFlight));
	setText(byId("capacity"), `of ${number(capacity)} in flight, ${number(queued)} waiting`);
	const shown = postPhases.slice(0, MOST);
	for (const [id, row] of rows) {
		if (!shown.some((postPhase) => postPhase.id === id)) {
			row.item.remove();
			rows.delete(id);
		}
	}
	shown.forEach(update);
	setText(byId("further"), inFlight > shown.length ? `and ${number(inFlight - shown.length)} more` : "");
}

function update({ id, name, state, progress, age }) {
	const row = rows.get(id) ?? add(id, name);
	setText(row.state, `${state}, ${duration(parseDuration(age))}`);
	row.bar.hidden = !progress?.total;
	if (progress?.total) {
		row.bar.max = progress.total;
		row.bar.value = progress.done;
		setText(row.share, `${Math.floor(100 * progress.done / progress.total)} %`);
	}
}

function add(id, name) {
	const state = element("span", { class: "hint" });
	const share = element("span", { class: "share" });
	const bar = element("progress", { "aria-label": name });
	const item = element("li", {}, element("code", {}, name), share, bar, state);
	const row = { item, state, share, bar };
	rows.set(id, row);
	byId("running").append(item);
	return row;
}
