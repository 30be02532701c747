const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

const short = new Intl.NumberFormat("en", { maximumSignificantDigits: 2 });

export function count(number, one, many = `${one}s`) {
	return `${whole.format(number)} ${number === 1 ? one : many}`;
}

export function number(value) {
	return whole.format(value);
}

export function rate(perSecond) {
	return perSecond < 10 ? short.format(perSecond) : whole.format(perSecond);
}

export function duration(milliseconds) {
	if (milliseconds < 1000) {
		return milliseconds < 1 ? "<1 ms" : `${whole.format(milliseconds)} ms`;
	}
	const seconds = milliseconds / 1000;
	if (seconds < 100) {
		return `${seconds.toFixed(1)} s`;
	}
	return `${Math.floor(seconds / 60)} min ${String(Math.floor(seconds % 60)).padStart(2, "0")} s`;
}

export function bytes(size) {
	if (size < 1000) {
		return count(size, "byte");
	}
	return size < 1_000_000 ? `${short.format(size / 1000)} kB` : `${short.format(size / 1_000_000)} MB`;
}

/**
 * Milliseconds of an ISO 8601 duration such as PT1M2.5S.
 */
export function parseDuration(text) {
	const [, days, hours, minutes, seconds] = /^P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?$/.exec(text) ?? [];
	return ((((days ?? 0) * 24 + Number(hours ?? 0)) * 60 + Number(minutes ?? 0)) * 60 + Number(seconds ?? 0)) * 1000;
}
