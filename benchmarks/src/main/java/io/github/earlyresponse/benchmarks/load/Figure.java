/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.github.earlyresponse.benchmarks.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * A figure of many rounds: its median and its spread, from the first to the ninth tenth.
 *
 * @param median the median
 * @param low below it lies a tenth of the rounds
 * @param high above it lies a tenth of the rounds
 */
public record Figure(double median, double low, double high) {

	/**
	 * What the figure is in the rounds of one server in relation to those of another.
	 */
	static Figure of(List<Sample> samples, List<Sample> baseline, ToDoubleFunction<Sample> figure) {
		List<Double> ratios = new ArrayList<>();
		for (int i = 0; i < samples.size(); i++) {
			ratios.add(figure.applyAsDouble(samples.get(i)) / figure.applyAsDouble(baseline.get(i)));
		}
		return of(ratios);
	}

	/**
	 * What the figure is in rounds.
	 * @param values the figure in each round
	 * @return the median and the spread
	 */
	public static Figure of(List<Double> values) {
		List<Double> sorted = values.stream().sorted().toList();
		return new Figure(quantile(sorted, 0.5), quantile(sorted, 0.1), quantile(sorted, 0.9));
	}

	private static double quantile(List<Double> sorted, double quantile) {
		double position = quantile * (sorted.size() - 1);
		int below = (int) position;
		int above = Math.min(below + 1, sorted.size() - 1);
		return sorted.get(below) + (position - below) * (sorted.get(above) - sorted.get(below));
	}

	@Override
	public String toString() {
		return String.format(Locale.ROOT, "%.3f (%.3f to %.3f)", this.median, this.low, this.high);
	}

}
