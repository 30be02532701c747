import { createChart } from "./chart.js";
import { byId } from "./dom.js";
import { duration, number, rate } from "./format.js";
import { refusal } from "./problem.js";
import { repeat, request } from "./server.js";

const PAUSE = 2000;

const PREFIX = "early_response_";

/** As the endpoint knows them: without the suffixes of counters and timers. */
const NAMES = ["in_flight_post_phases", "queued_post_phases", "capacity_post_phases", "finished_post_phases",
	"response_seconds", "post_phase_seconds"];

const PATH = `actuator/prometheus?includedNames=${NAMES.map((name) => PREFIX + name).join(",")}`;

const GROUPS = { completed: "completed", failed: "failed", timed_out: "failed", abandoned: "failed" };

/**
 * Draws what the application tells Prometheus.
 */
export function watchMetrics() {
	const room = createChart({
		title: "In flight",
		series: [{ label: "in flight", mark: "area" }, { label: "waiting", mark: "dashes" },
			{ label: "capacity", mark: "limit" }],
		format: number,
		least: 4,
	});
	const finished = createChart({
		title: "Finished per second",
		series: [{ label: "completed", mark: "bars" }, { label: "failed", mark: "bars bad" },
			{ label: "other", mark: "bars other" }],
		format: rate,
		least: 1,
	});
	const times = createChart({
		title: "The answer, and the work after it",
		series: [{ label: "answer", mark: "dots" }, { label: "work", mark: "dots work" }],
		format: duration,
		logarithmic: [1, 100_000],
		keepsLast: true,
	});
	byId("charts").append(room.figure, finished.figure, times.figure);

	let before;
	repeat(async () => {
		const now = sums(await scrape());
		room.add([now.in_flight_post_phases, now.queued_post_phases, now.capacity_post_phases]);
		if (before) {
			finished.add(["completed", "failed", "other"].map((group) => perSecond(now, before, group)));
			times.add([mean(now, before, "response_seconds"), mean(now, before, "post_phase_seconds")]);
		}
		before = now;
	}, PAUSE);
}

async function scrape() {
	const response = await request(PATH);
	if (!response.ok) {
		throw refusal(response);
	}
	return response.text;
}

/**
 * Adds up the samples of each meter, those of the finished ones by groups of outcomes.
 */
function sums(text) {
	const sums = { at: performance.now() };
	for (const [, name, labels, value] of text.matchAll(/^early_response_(\w+)(?:\{(.*)\})? (\S+)$/gm)) {
		if (!name.endsWith("_bucket")) {
			const outcome = /outcome="(\w+)"/.exec(labels)?.[1];
			const key = name === "finished_post_phases_total" ? (GROUPS[outcome] ?? "other") : name;
			sums[key] = (sums[key] ?? 0) + Number(value);
		}
	}
	return sums;
}

/** After a restart the counters begin anew. */
function increase(now, before, key) {
	return Math.max(0, (now[key] ?? 0) - (before[key] ?? 0));
}

function perSecond(now, before, group) {
	return increase(now, before, group) * 1000 / (now.at - before.at);
}

function mean(now, before, timer) {
	const times = increase(now, before, `${timer}_count`);
	return times > 0 ? increase(now, before, `${timer}_sum`) * 1000 / times : undefined;
}
