/**
 * What was refused, by the server or before it was sent, in words for people.
 */
export class Refusal extends Error {

	constructor(detail, status, retryAfter) {
		super(detail);
		this.status = status;
		this.retryAfter = retryAfter;
	}

}

/**
 * There was no answer, or not all of it.
 */
export class Unreachable extends Error {
}

/**
 * Makes a refusal of a response, whose body is a problem detail unless something else has answered.
 */
export function refusal({ status, headers, text }) {
	let problem = {};
	try {
		problem = JSON.parse(text);
	}
	catch {
		// The status says enough
	}
	const retryAfter = Number(headers.get("Retry-After")) || undefined;
	return new Refusal(problem.detail ?? problem.title ?? `The server answered with ${status}.`, status, retryAfter);
}

/**
 * Says in sentences what went wrong.
 */
export function words(error) {
	if (!(error instanceof Refusal)) {
		return "The server cannot be reached, or went away before it answered.";
	}
	const sentence = error.message.replace(/^Refused: /, "").replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());
	const ended = /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
	return error.retryAfter ? `${ended} ${again(error.retryAfter)}` : ended;
}

function again(seconds) {
	return `Try again in ${seconds === 1 ? "a second" : `${seconds} seconds`}.`;
}
