-- One line for programs: requests, microseconds, statuses other than 2xx and 3xx, socket errors,
-- and percentiles of the latency in microseconds
done = function(summary, latency, requests)
	local errors = summary.errors
	io.write(string.format("summary %d %d %d %d %d %d %d\n", summary.requests, summary.duration, errors.status,
		errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(50), latency:percentile(99),
		latency.max))
end
