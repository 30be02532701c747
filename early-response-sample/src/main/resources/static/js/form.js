import { Refusal, refusal, Unreachable, words } from "./problem.js";
import { request } from "./server.js";

/**
 * Sends the form, and shows at it what the server says against that.
 * @param {HTMLFormElement} form
 * @param {function(): Promise} send
 */
export function submitWith(form, send) {
	const button = form.querySelector("[type=submit]");
	form.addEventListener("input", () => clearProblem(form));
	form.addEventListener("submit", async (event) => {
		event.preventDefault();
		// Not disabled, which would take the focus away
		if (button.getAttribute("aria-disabled") === "true") {
			return;
		}
		clearProblem(form);
		button.setAttribute("aria-disabled", "true");
		try {
			await send();
		}
		catch (error) {
			showProblem(form, error);
		}
		finally {
			button.removeAttribute("aria-disabled");
		}
	});
}

/**
 * Posts the body, and measures how long the answer takes, to its last byte.
 */
export async function post(path, body, headers = {}) {
	const begun = performance.now();
	const response = await request(path, { method: "POST", headers, body });
	const answered = performance.now() - begun;
	if (!response.ok) {
		throw refusal(response);
	}
	const location = new URL(response.headers.get("Location"), document.baseURI);
	return {
		key: response.headers.get("Post-Phase-Id"),
		location: location.pathname,
		node: response.headers.get("Node") ?? undefined,
		answered,
		at: Date.now() - answered,
		body: JSON.parse(response.text),
	};
}

function showProblem(form, error) {
	const problem = form.querySelector(".problem");
	problem.textContent = words(error);
	if (error instanceof Refusal) {
		const named = [...form.elements].filter((control) => control.name
				&& new RegExp(`\\b${control.name}\\b`).test(error.message));
		named.forEach((control) => control.setAttribute("aria-invalid", "true"));
		named[0]?.focus();
	}
	else if (!(error instanceof Unreachable)) {
		console.error(error);
	}
}

function clearProblem(form) {
	form.querySelector(".problem").textContent = "";
	form.querySelectorAll("[aria-invalid]").forEach((control) => control.removeAttribute("aria-invalid"));
}
