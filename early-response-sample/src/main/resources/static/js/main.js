import { campaignForm } from "./campaign.js";
import { byId, setText } from "./dom.js";
import { exportForm } from "./export.js";
import { watchMetrics } from "./metrics.js";
import { watchRunning } from "./running.js";
import { accepted, comeBack } from "./sent.js";
import { connection } from "./server.js";

connection.addEventListener("change", ({ detail: reachable }) => {
	setText(byId("connection"), reachable ? "The server is back." : "The server cannot be reached. Trying again …");
	byId("connection").classList.toggle("lost", !reachable);
});

campaignForm(accepted);
exportForm(accepted);
comeBack();
watchRunning();
watchMetrics();
