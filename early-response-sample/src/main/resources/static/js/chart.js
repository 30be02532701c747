import { element, setText } from "./dom.js";

const SAMPLES = 60;

const WIDTH = SAMPLES - 1;

const HEIGHT = 100;

const SVG = "http://www.w3.org/2000/svg";

/**
 * A small chart of the last samples. Its figures are told in words beside it.
 * @param {object} options
 * @param {string} options.title what it shows
 * @param {object[]} options.series the label of each series, and its mark: area, dashes, limit, bars or dots
 * @param {function(number): string} options.format makes words of a value
 * @param {number} options.least what the upper end of the scale is at least
 * @param {number[]} options.logarithmic the ends of a logarithmic scale instead
 * @param {boolean} options.keepsLast whether to go on telling the last value where there is none
 */
export function createChart({ title, series, format, least = 1, logarithmic, keepsLast = false }) {
	const drawing = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img",
		"aria-label": title });
	const paths = series.map(({ mark }) => drawing.appendChild(svg("path", { class: mark })));
	const values = series.map(() => element("dd", {}, "–"));
	const topLabel = element("span", { class: "top" });
	const figure = element("figure", { class: "panel chart" },
			element("figcaption", {}, title),
			element("div", { class: logarithmic ? "plot tall" : "plot" }, drawing, topLabel),
			element("dl", {}, ...series.map(({ label, mark }, index) => element("div", { class: `key ${mark}` },
					element("dt", {}, label), values[index]))));
	const limit = series.findIndex(({ mark }) => mark === "limit");
	const samples = [];

	if (logarithmic) {
		for (let line = logarithmic[0] * 10; line < logarithmic[1]; line *= 10) {
			const y = height(line);
			drawing.prepend(svg("path", { class: "grid", d: `M0 ${y}H${WIDTH}` }));
			const label = element("span", { class: "tick" }, format(line).replace(".0", ""));
			label.style.top = `${y}%`;
			figure.querySelector(".plot").append(label);
		}
	}

	function add(sample) {
		samples.push(sample);
		if (samples.length > SAMPLES) {
			samples.shift();
		}
		draw();
	}

	function height(value, scale) {
		if (logarithmic) {
			const [low, high] = logarithmic.map(Math.log);
			const place = (Math.log(value) - low) / (high - low);
			return HEIGHT * (1 - Math.min(1, Math.max(0, place)));
		}
		return HEIGHT * (1 - value / scale);
	}

	function draw() {
		const highest = top(Math.max(...samples.map(total), least));
		paths.forEach((path, index) => path.setAttribute("d", outline(index, highest)));
		const now = samples.at(-1);
		values.forEach((value, index) => {
			const told = now[index] ?? (keepsLast ? samples.findLast((sample) => sample[index] !== undefined)?.[index] : undefined);
			setText(value, told === undefined ? "–" : format(told));
		});
		setText(topLabel, logarithmic ? "" : format(highest));
		drawing.setAttribute("aria-label", `${title}, over two minutes. Now ${series
			.map(({ label }, index) => `${label}: ${values[index].textContent}`).join(", ")}`);
	}

	function total(sample) {
		return series[0].mark.startsWith("bars") ? sample.reduce((sum, value) => sum + (value ?? 0), 0)
			: Math.max(0, ...sample.filter((value, index) => value !== undefined && index !== limit));
	}

	/** A limit that is far away would flatten everything else. */
	function top(highest) {
		const most = samples.at(-1)[limit];
		return most !== undefined && highest > most / 2 ? Math.max(most, highest) : highest;
	}

	function outline(index, scale) {
		const { mark } = series[index];
		const points = samples.map((sample, i) => [WIDTH - samples.length + 1 + i, sample])
			.filter(([, sample]) => sample[index] !== undefined);
		if (mark.startsWith("bars")) {
			return points.filter(([, sample]) => sample[index] > 0).map(([x, sample]) => {
				const below = sample.slice(0, index).reduce((sum, value) => sum + value, 0);
				return `M${x} ${height(below, scale)}V${height(below + sample[index], scale)}`;
			}).join("");
		}
		if (index === limit) {
			const y = height(samples.at(-1)[limit] ?? 0, scale);
			return y >= 0 ? `M0 ${y}H${WIDTH}` : "";
		}
		const places = points.map(([x, sample]) => `${x} ${height(sample[index], scale)}`);
		if (mark.startsWith("dots")) {
			return places.map((place) => `M${place}h0`).join("");
		}
		const line = places.length ? `M${places.join("L")}` : "";
		return mark === "area" && line ? `${line}V${HEIGHT}H${points[0][0]}Z` : line;
	}

	return { figure, add };
}

function svg(name, attributes) {
	const created = document.createElementNS(SVG, name);
	Object.entries(attributes).forEach(([key, value]) => created.setAttribute(key, value));
	return created;
}
