import { Refusal, refusal, Unreachable } from "./problem.js";

const TIMEOUT = 15_000;

const UPLOAD_TIMEOUT = 600_000;

const PAUSE = 2000;

/**
 * Says with "change" events whether the server can be reached.
 */
export const connection = new EventTarget();

let reachable = true;

function reached(now) {
	if (now !== reachable) {
		reachable = now;
		connection.dispatchEvent(new CustomEvent("change", { detail: reachable }));
	}
}

/**
 * Like fetch with the text of the response, for paths of this application: relative ones, so that it may have a
 * context path.
 * @throws {Unreachable} if the response was not there in time
 */
export async function request(path, options = {}) {
	const timeout = options.body instanceof FormData ? UPLOAD_TIMEOUT : TIMEOUT;
	try {
		const response = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(timeout), ...options });
		const text = await response.text();
		reached(true);
		return { ok: response.ok, status: response.status, headers: response.headers, text };
	}
	catch (error) {
		if (error.name !== "AbortError") {
			reached(false);
		}
		throw new Unreachable(path, { cause: error });
	}
}

/**
 * The JSON of a response that was successful.
 * @throws {Refusal} of one that was not
 */
export async function json(path) {
	const response = await request(path);
	if (!response.ok) {
		throw refusal(response);
	}
	return JSON.parse(response.text);
}

/**
 * The JSON of a resource, asked for until the server gives it or knows nothing of it.
 * @throws {Refusal} if there is no such resource
 */
export async function persistently(path) {
	for (;;) {
		try {
			return await json(path);
		}
		catch (error) {
			if (error.status === 404) {
				throw error;
			}
		}
		await new Promise((resolve) => setTimeout(resolve, PAUSE));
	}
}

/**
 * Calls the task again and again, each time a pause after it has ended, but not while nobody sees the page.
 */
export function repeat(task, pause) {
	let timer;
	let busy = false;
	async function turn() {
		clearTimeout(timer);
		if (busy || document.hidden) {
			return;
		}
		busy = true;
		try {
			await task();
		}
		catch (error) {
			if (!(error instanceof Unreachable || error instanceof Refusal)) {
				console.error(error);
			}
		}
		busy = false;
		timer = setTimeout(turn, pause);
	}
	document.addEventListener("visibilitychange", turn);
	turn();
}
