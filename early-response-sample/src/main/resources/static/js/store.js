const KEY = "copperleaf.sent";

const MOST = 12;

/**
 * What this browser has sent, newest first: where to ask for it, and how it ended if that was seen, which the
 * server keeps for minutes only.
 */
export function load() {
	try {
		const entries = JSON.parse(localStorage.getItem(KEY)) ?? [];
		return entries.filter((entry) => entry.key && entry.kind && entry.location);
	}
	catch {
		return [];
	}
}

function save(entries) {
	try {
		localStorage.setItem(KEY, JSON.stringify(entries.slice(0, MOST)));
	}
	catch {
		// Private windows may have none, and the page works without
	}
}

export function add(entry) {
	save([entry, ...load()]);
}

export function remove(keys) {
	save(load().filter((entry) => !keys.includes(entry.key)));
}

export function keepEnd(key, end) {
	save(load().map((entry) => entry.key === key ? { ...entry, end } : entry));
}

export function end(key) {
	return load().find((entry) => entry.key === key)?.end;
}
