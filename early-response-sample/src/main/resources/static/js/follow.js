import { request } from "./server.js";

/**
 * Browsers have six connections to a host over HTTP/1.1, for all tabs: they share these streams, and beyond them
 * it is polled.
 */
const MOST_STREAMS = 3;

const PAUSE_UNREACHABLE = 1000;

/**
 * Follows a post-phase until it has ended: by its events, or by polling where there are too many streams or
 * one has failed. Nothing happens while nobody sees the page.
 * @param {string} id the id of the post-phase
 * @param {function(object)} changed is given each status, the last one with an outcome
 * @param {function()} gone is called if the server knows nothing of it (any more)
 */
export function follow(id, changed, gone) {
	const path = `post-phases/${id}`;
	let source;
	let leave;
	let opening = false;
	let timer;
	let etag;
	let polling = false;
	let streamFailed = false;
	let ended = false;

	function closeStream() {
		if (source) {
			source.close();
			source = undefined;
			leave();
		}
	}

	function end() {
		ended = true;
		closeStream();
		clearTimeout(timer);
		document.removeEventListener("visibilitychange", resume);
	}

	function tell(status) {
		if (!ended) {
			if (status.outcome) {
				end();
			}
			changed(status);
		}
	}

	function openStream() {
		source = new EventSource(`${path}/events`);
		for (const name of ["status", "finished"]) {
			source.addEventListener(name, (event) => tell(JSON.parse(event.data)));
		}
		source.onerror = () => {
			streamFailed = true;
			closeStream();
			poll();
		};
	}

	async function poll() {
		if (ended || polling || document.hidden) {
			return;
		}
		polling = true;
		let pause = PAUSE_UNREACHABLE;
		try {
			const response = await request(path, { headers: etag ? { "If-None-Match": etag } : {} });
			if (response.status === 404) {
				end();
				gone();
				return;
			}
			if (response.status === 200) {
				etag = response.headers.get("ETag");
				tell(JSON.parse(response.text));
			}
			pause = (Number(response.headers.get("Retry-After")) || 1) * 1000;
		}
		catch {
			// The connection is watched elsewhere
		}
		finally {
			polling = false;
		}
		if (!ended) {
			timer = setTimeout(resume, pause);
		}
	}

	async function resume() {
		clearTimeout(timer);
		if (document.hidden) {
			closeStream();
			return;
		}
		if (source || opening) {
			return;
		}
		opening = true;
		leave = streamFailed ? undefined : await enter();
		opening = false;
		if (ended || document.hidden) {
			leave?.();
		}
		else if (leave) {
			openStream();
		}
		else {
			poll();
		}
	}

	document.addEventListener("visibilitychange", resume);
	resume();
}

/**
 * Takes one of the streams, whichever tab has the others.
 * @returns {Promise<function()>} gives it back; nothing if there is none
 */
async function enter() {
	for (let i = 1; i <= MOST_STREAMS && navigator.locks; i++) {
		const leave = await new Promise((resolve) => {
			navigator.locks.request(`copperleaf.stream-${i}`, { ifAvailable: true },
					(lock) => lock ? new Promise((leave) => resolve(leave)) : resolve()).catch(() => resolve());
		});
		if (leave) {
			return leave;
		}
	}
	return undefined;
}
