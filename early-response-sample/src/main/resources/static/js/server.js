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
 * What the server refused, in words for people.
 */
export class Refusal extends Error {

	constructor(status, detail, retryAfter) {
		super(detail);
		this.status = status;
		this.retryAfter = retryAfter;
	}

}

/**
 * Like fetch, for paths of this application: relative ones, so that it may have a context path.
 */
export async function request(path, options = {}) {
	try {
		const response = await fetch(path, { cache: "no-store", ...options });
		reached(true);
		return response;
	}
	catch (error) {
		if (error.name !== "AbortError") {
			reached(false);
		}
		throw error;
	}
}

/**
 * The JSON of a response that was successful.
 * @throws {Refusal} of one that was not
 */
export async function json(path, options) {
	const response = await request(path, options);
	const text = await response.text();
	if (!response.ok) {
		throw refusal(response, text);
	}
	return JSON.parse(text);
}

/**
 * Makes a refusal of a response, whose body is a problem detail unless something else has answered.
 */
export function refusal(response, text) {
	let problem = {};
	try {
		problem = JSON.parse(text);
	}
	catch {
		// The status says enough
	}
	const retryAfter = Number(response.headers.get("Retry-After")) || undefined;
	const detail = problem.detail ?? problem.title ?? `The server answered with ${response.status}.`;
	return new Refusal(response.status, detail, retryAfter);
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
			if (!(error instanceof TypeError || error instanceof Refusal)) {
				console.error(error);
			}
		}
		busy = false;
		timer = setTimeout(turn, pause);
	}
	document.addEventListener("visibilitychange", turn);
	turn();
}
