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

package io.github.earlyresponse.call;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.RespondThenContinue;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.util.ConcurrentReferenceHashMap;
import org.springframework.util.ReflectionUtils;

/**
 * Tells quickly that a class has no method of interest, which is true of nearly all
 * classes of an application. What a class, a super class or an interface declares is
 * looked up once, for whoever asks.
 */
public final class AnnotatedMethods {

	private static final Log logger = LogFactory.getLog(AnnotatedMethods.class);

	private static final List<Class<? extends Annotation>> annotations = List.of(PostPhase.class,
			RespondThenContinue.class);

	private static final List<Class<?>> parameters = List.of(AfterResponse.class, EarlyResponse.class);

	private static final Map<Class<?>, Set<Class<?>>> ofClasses = new ConcurrentReferenceHashMap<>(256);

	private static final Map<Class<?>, Set<Class<?>>> ofAnnotations = new ConcurrentReferenceHashMap<>(64);

	private AnnotatedMethods() {
	}

	/**
	 * Whether a class may have methods with an annotation, their own or inherited.
	 * @param type the class
	 * @param annotation {@link PostPhase} or {@link RespondThenContinue}, which may be on
	 * an interface or meta-present
	 * @return {@code false} if it has none
	 */
	public static boolean mayHave(Class<?> type, Class<? extends Annotation> annotation) {
		return marks(type).contains(annotation);
	}

	/**
	 * Whether a class may have annotated methods, of whatever annotation, that take an
	 * {@link AfterResponse} or {@link EarlyResponse}.
	 * @param type the class
	 * @return {@code false} if it has none
	 */
	static boolean mayTakeResponse(Class<?> type) {
		return !Collections.disjoint(marks(type), parameters);
	}

	/**
	 * Whether there is anything of interest.
	 */
	static boolean mayHaveAny(Class<?> type) {
		return !marks(type).isEmpty();
	}

	private static Set<Class<?>> marks(Class<?> type) {
		Set<Class<?>> marks = ofClasses.get(type);
		if (marks == null) {
			// Leaves out classes of the JDK only, so one of the annotations is enough
			marks = AnnotationUtils.isCandidateClass(type, PostPhase.class) ? look(type) : Set.of();
			ofClasses.put(type, marks);
		}
		return marks;
	}

	private static Set<Class<?>> look(Class<?> type) {
		Set<Class<?>> marks = new HashSet<>();
		for (Method method : declaredMethods(type)) {
			Annotation[] declared = method.getDeclaredAnnotations();
			for (Annotation annotation : declared) {
				marks.addAll(present(annotation.annotationType()));
			}
			if (declared.length > 0) {
				addParameters(method, marks);
			}
		}
		if (type.getSuperclass() != null) {
			marks.addAll(marks(type.getSuperclass()));
		}
		for (Class<?> implemented : type.getInterfaces()) {
			marks.addAll(marks(implemented));
		}
		return Set.copyOf(marks);
	}

	private static void addParameters(Method method, Set<Class<?>> marks) {
		for (Class<?> type : method.getParameterTypes()) {
			if (parameters.contains(type)) {
				marks.add(type);
			}
		}
	}

	private static Method[] declaredMethods(Class<?> type) {
		try {
			// From the cache of Spring, which looks at the methods of bean classes as
			// well
			return ReflectionUtils.getDeclaredMethods(type);
		}
		catch (IllegalStateException ex) {
			if (!(ex.getCause() instanceof LinkageError)) {
				throw ex;
			}
			// Of a library part of whose class path is missing, which Spring leaves alone
			logger.debug("The methods of " + type + " cannot be looked at", ex);
			return new Method[0];
		}
	}

	/**
	 * Whether an annotation type is the given annotation or is meta-annotated with it.
	 * @param type the type of the annotation
	 * @param annotation {@link PostPhase} or {@link RespondThenContinue}
	 * @return whether it is
	 */
	public static boolean isOrIsMetaAnnotatedWith(Class<? extends Annotation> type,
			Class<? extends Annotation> annotation) {
		return present(type).contains(annotation);
	}

	private static Set<Class<?>> present(Class<?> annotation) {
		Set<Class<?>> present = ofAnnotations.get(annotation);
		if (present == null) {
			present = findPresent(annotation);
			ofAnnotations.put(annotation, present);
		}
		return present;
	}

	private static Set<Class<?>> findPresent(Class<?> annotation) {
		MergedAnnotations present = MergedAnnotations.from(annotation);
		Set<Class<?>> marks = new HashSet<>();
		for (Class<? extends Annotation> candidate : annotations) {
			if (candidate == annotation || present.isPresent(candidate)) {
				marks.add(candidate);
			}
		}
		return Set.copyOf(marks);
	}

}
