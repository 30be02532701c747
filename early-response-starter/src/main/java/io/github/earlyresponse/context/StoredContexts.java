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

package io.github.earlyresponse.context;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.StorableContextCarrier;
import io.github.earlyresponse.StorableContextCarrier.StorableContext;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;

/**
 * Turns the context of a request into text and back, by the carriers that can do that.
 */
public final class StoredContexts {

	private static final Log logger = LogFactory.getLog(StoredContexts.class);

	/**
	 * As many as there are carriers, {@code null} for those that are left out.
	 */
	private final @Nullable StorableContextCarrier[] storable;

	/**
	 * Creates the stored contexts. A carrier whose context cannot be stored is logged.
	 * @param carrier what goes along to post-phases
	 * @param excluded the names of the carriers whose context is not stored
	 * @throws IllegalStateException if several carriers have the same name
	 */
	public StoredContexts(CompositeContextCarrier carrier, Set<String> excluded) {
		List<ContextCarrier> carriers = carrier.carriers();
		this.storable = new @Nullable StorableContextCarrier[carriers.size()];
		Map<String, StorableContextCarrier> names = new LinkedHashMap<>();
		for (int i = 0; i < this.storable.length; i++) {
			if (!(carriers.get(i) instanceof StorableContextCarrier candidate)) {
				logger.info("The context of " + className(carriers.get(i))
						+ " is missing in durable post-phases, because it is not a StorableContextCarrier");
				continue;
			}
			StorableContextCarrier other = names.put(candidate.name(), candidate);
			if (other != null) {
				throw new IllegalStateException("The context carriers " + className(other) + " and "
						+ className(candidate) + " have the same name '" + candidate.name() + "'");
			}
			if (!excluded.contains(candidate.name())) {
				this.storable[i] = candidate;
			}
		}
	}

	private static String className(ContextCarrier carrier) {
		return AopUtils.getTargetClass(carrier).getName();
	}

	/**
	 * Returns what is stored of a context.
	 * @param context what the {@linkplain CompositeContextCarrier#capture() carrier}
	 * captured. Any other context has nothing to store
	 * @return the values of each carrier, by its name
	 */
	public Map<String, Map<String, String>> write(ContextCarrier.Context context) {
		Map<String, Map<String, String>> values = new LinkedHashMap<>();
		if (context instanceof CompositeContextCarrier.Captured captured) {
			for (int i = 0; i < this.storable.length; i++) {
				StorableContextCarrier carrier = this.storable[i];
				if (carrier != null && captured.contexts()[i] instanceof StorableContext own) {
					values.put(carrier.name(), own.values());
				}
			}
		}
		return values;
	}

	/**
	 * Restores a context, in the order of the carriers. What was stored by a carrier that
	 * there is no longer is ignored, and a carrier that stored nothing has nothing to
	 * restore.
	 * @param values the values of each carrier, by its name
	 * @return the context
	 * @throws IllegalArgumentException if a carrier cannot restore its context
	 */
	public ContextCarrier.Context read(Map<String, Map<String, String>> values) {
		List<ContextCarrier> carriers = new ArrayList<>();
		for (StorableContextCarrier carrier : this.storable) {
			Map<String, String> own = (carrier != null) ? values.get(carrier.name()) : null;
			if (carrier != null && own != null) {
				ContextCarrier.Context context = restore(carrier, own);
				carriers.add(() -> context);
			}
		}
		return new CompositeContextCarrier(carriers).capture();
	}

	private static ContextCarrier.Context restore(StorableContextCarrier carrier, Map<String, String> values) {
		try {
			return carrier.restore(values);
		}
		catch (RuntimeException ex) {
			throw new IllegalArgumentException(
					"The context '" + carrier.name() + "' cannot be restored: " + ex.getMessage(), ex);
		}
	}

}
