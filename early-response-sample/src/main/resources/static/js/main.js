import { campaignForm } from "./campaign.js";
import { byId, setText } from "./dom.js";
import { exportForm } from "./export.js";
import { watchMetrics } from "./metrics.js";
import { watchRunning } from "./running.js";
import { accepted, comeBack } from "./sent.js";
import { connection } from "./server.js";

const BACK_SHOWN = 10_000;

let timer;

connection.addEventListener("change", ({ detail: reachable }) => {
	clearTimeout(timer);
	byId("connection").classList.toggle("lost", !reachable);
	setText(byId("connection"), reachable ? "The server is back." : "The server cannot be reached. Trying again …");
	if (reachable) {
		timer = setTimeout(() => setText(byId("connection"), ""), BACK_SHOWN);
	}
});

campaignForm(accepted);
exportForm(accepted);
comeBack();
watchRunning();
watchMetrics();
