import { byId, element, setText } from "./dom.js";
import { post, submitWith } from "./form.js";
import { bytes, count } from "./format.js";
import { Refusal } from "./problem.js";
import { json, persistently } from "./server.js";

/** As the server counts them. */
const MB = 1024 * 1024;

/**
 * What a card has to know of exports.
 */
export const archive = {

	amount: (progress) => `${bytes(progress.done)} of ${bytes(progress.total)}`,

	/** Files that were uploaded are not stored. */
	isStored: (entry) => !entry.uploaded,

	ends: { READY: "completed", CANCELLED: "cancelled", FAILED: "failed" },

	async result(location) {
		const ticket = await persistently(location);
		if (ticket.state !== "READY") {
			return { state: ticket.state, told: [element("p", {}, ticket.failure ?? "There is no archive.")] };
		}
		const size = bytes(ticket.bytes);
		const link = element("a", { class: "button", href: `${location}/archive`, download: true },
				`Fetch the ZIP, ${size}`);
		const told = [element("p", {}, link)];
		if (ticket.node) {
			told.push(element("p", { class: "nodes" }, `Packed by ${ticket.node}`));
		}
		return { state: ticket.state, told, summary: `The archive of ${size} is ready` };
	},

};

/**
 * Makes the form work.
 * @param {function(object)} accepted is given what was accepted
 */
export function exportForm(accepted) {
	const form = byId("export");
	const button = form.querySelector("[type=submit]");
	const input = byId("files");
	let files = [];

	function chosenDocuments() {
		return [...form.querySelectorAll("[name=documents]:checked")].map((box) => box.value);
	}

	function showNumber() {
		const chosen = chosenDocuments().length + files.length;
		setText(button, chosen ? `Pack ${count(chosen, "file")}` : "Pack archive");
	}

	function showFiles() {
		byId("chosen").replaceChildren(...files.map((file) => element("li", {},
				element("span", { class: "name" }, file.name), element("span", { class: "size" }, bytes(file.size)),
				element("button", { type: "button", "aria-label": `Remove ${file.name}`, onclick: () => remove(file) }, "×"))));
		showNumber();
	}

	function add(added) {
		files = [...files, ...added];
		form.dispatchEvent(new Event("input"));
		showFiles();
	}

	function remove(file) {
		files = files.filter((other) => other !== file);
		showFiles();
		input.focus();
	}

	input.addEventListener("change", () => {
		add(input.files);
		// So that the same file can be chosen again after it was removed
		input.value = "";
	});
	dropInto(byId("drop"), add);
	form.addEventListener("change", showNumber);
	listDocuments().then(showNumber);
	submitWith(form, async () => {
		const documents = chosenDocuments();
		const chosen = files;
		const uploaded = chosen.length > 0;
		await check(chosen);
		const { body, ...sent } = uploaded ? await upload(documents, chosen)
			: await post("exports", JSON.stringify({ documents }), { "Content-Type": "application/json" });
		// More may have been added meanwhile
		files = files.filter((file) => !chosen.includes(file));
		showFiles();
		accepted({ ...sent, kind: "export", uploaded, title: `Archive of ${count(body.documents, "file")}` });
	});
}

async function listDocuments() {
	const documents = await json("documents").catch(() => []);
	byId("documents").replaceChildren(...documents.map((document, index) => element("li", {},
			element("label", {}, element("input", { type: "checkbox", name: "documents", value: document.name,
					checked: index < 3 }), element("span", { class: "name" }, document.name),
					element("span", { class: "size" }, bytes(document.bytes))))));
}

/**
 * Browsers do not say why they could not send a file.
 */
async function check(files) {
	for (const file of files) {
		await file.slice(0, 1).arrayBuffer().catch(() => {
			throw new Refusal(`“${file.name}” cannot be read. It was changed, moved or deleted, or is a folder.`);
		});
	}
	const sizes = files.map((file) => file.size);
	if (Math.max(0, ...sizes) > 10 * MB || sizes.reduce((sum, size) => sum + size, 0) > 25 * MB) {
		throw new Refusal("The files are too large: each may have up to 10 MB, all together up to 25 MB.");
	}
}

function upload(documents, files) {
	const body = new FormData();
	documents.forEach((name) => body.append("documents", name));
	files.forEach((file) => body.append("files", file));
	return post("exports", body);
}

function dropInto(area, add) {
	// Beside the area the browser would leave the page and open the file
	for (const type of ["dragover", "drop"]) {
		addEventListener(type, (event) => event.preventDefault());
	}
	for (const type of ["dragenter", "dragover"]) {
		area.addEventListener(type, (event) => {
			event.preventDefault();
			area.classList.add("over");
		});
	}
	area.addEventListener("dragleave", (event) => area.classList.toggle("over", area.contains(event.relatedTarget)));
	area.addEventListener("drop", (event) => {
		event.preventDefault();
		area.classList.remove("over");
		add(event.dataTransfer.files);
	});
}
