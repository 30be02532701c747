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

package io.github.earlyresponse.jdbc;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.jsontype.TypeSerializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.ValueSerializerModifier;
import tools.jackson.databind.type.CollectionType;
import tools.jackson.databind.type.MapType;
import tools.jackson.databind.util.NameTransformer;

import org.springframework.util.ClassUtils;

/**
 * Keeps the proxies of Hibernate, and collections that it has not loaded, out of
 * payloads. While they are written, they would be loaded one by one, or be written as if
 * they were empty.
 */
@SuppressWarnings("serial")
final class HibernateModule extends SimpleModule {

	private static final String ENTITY = "jakarta.persistence.Entity";

	private static final @Nullable Class<?> PROXY = find("org.hibernate.proxy.HibernateProxy");

	private static final @Nullable Class<?> COLLECTION = find("org.hibernate.collection.spi.PersistentCollection");

	HibernateModule() {
		super(HibernateModule.class.getName());
		setSerializerModifier(new Modifier());
	}

	private static @Nullable Class<?> find(String name) {
		ClassLoader classLoader = HibernateModule.class.getClassLoader();
		return ClassUtils.isPresent(name, classLoader) ? ClassUtils.resolveClassName(name, classLoader) : null;
	}

	/**
	 * Whether Hibernate is on the class path.
	 */
	static boolean isUseful() {
		return PROXY != null || COLLECTION != null;
	}

	/**
	 * Fails for what is a lazy proxy, or a collection that has not been loaded.
	 * @param value the value
	 * @throws LazyEntityException if it is
	 */
	static void requireLoaded(@Nullable Object value) {
		if (PROXY != null && PROXY.isInstance(value)) {
			throw new LazyEntityException("It is a lazy proxy of an entity");
		}
		if (COLLECTION != null && COLLECTION.isInstance(value) && !isLoaded(COLLECTION, value)) {
			throw new LazyEntityException("It is a collection of an entity that has not been loaded");
		}
	}

	private static boolean isLoaded(Class<?> type, Object collection) {
		try {
			return Boolean.TRUE.equals(type.getMethod("wasInitialized").invoke(collection));
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Whether something failed because of a lazy entity.
	 * @param failure the failure
	 * @return whether it, or a cause of it, is about one
	 */
	static boolean isAboutLazyEntity(Throwable failure) {
		return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
			.anyMatch((cause) -> cause instanceof LazyEntityException
					|| cause.getClass().getSimpleName().equals("LazyInitializationException")
					|| String.valueOf(cause.getMessage()).contains("hibernateLazyInitializer"));
	}

	/**
	 * A lazy entity was going to be written.
	 */
	static final class LazyEntityException extends RuntimeException {

		LazyEntityException(String message) {
			super(message);
		}

	}

	private static final class Modifier extends ValueSerializerModifier {

		@Override
		public ValueSerializer<?> modifySerializer(SerializationConfig config, BeanDescription.Supplier description,
				ValueSerializer<?> serializer) {
			return guard(description.getBeanClass(), serializer);
		}

		@Override
		public ValueSerializer<?> modifyCollectionSerializer(SerializationConfig config, CollectionType type,
				BeanDescription.Supplier description, ValueSerializer<?> serializer) {
			return guard(type.getRawClass(), serializer);
		}

		@Override
		public ValueSerializer<?> modifyMapSerializer(SerializationConfig config, MapType type,
				BeanDescription.Supplier description, ValueSerializer<?> serializer) {
			return guard(type.getRawClass(), serializer);
		}

		/**
		 * Elements of an argument are written as the entity that is declared, other
		 * values as the proxy that they are.
		 */
		private static boolean mayBeLazy(Class<?> type) {
			return isAssignable(PROXY, type) || isAssignable(COLLECTION, type) || Arrays.stream(type.getAnnotations())
				.anyMatch((annotation) -> annotation.annotationType().getName().equals(ENTITY));
		}

		private static boolean isAssignable(@Nullable Class<?> lazy, Class<?> type) {
			return lazy != null && lazy.isAssignableFrom(type);
		}

		@SuppressWarnings("unchecked")
		private static ValueSerializer<?> guard(Class<?> type, ValueSerializer<?> serializer) {
			return mayBeLazy(type) ? new LoadedSerializer((ValueSerializer<Object>) serializer) : serializer;
		}

	}

	/**
	 * Writes what has been loaded.
	 */
	private static final class LoadedSerializer extends ValueSerializer<Object> {

		private final ValueSerializer<Object> delegate;

		LoadedSerializer(ValueSerializer<Object> delegate) {
			this.delegate = delegate;
		}

		@Override
		public void resolve(SerializationContext context) {
			this.delegate.resolve(context);
		}

		@Override
		@SuppressWarnings("unchecked")
		public ValueSerializer<?> createContextual(SerializationContext context, @Nullable BeanProperty property) {
			return new LoadedSerializer((ValueSerializer<Object>) this.delegate.createContextual(context, property));
		}

		@Override
		public ValueSerializer<Object> unwrappingSerializer(NameTransformer transformer) {
			return this.delegate.unwrappingSerializer(transformer);
		}

		@Override
		public ValueSerializer<?> getDelegatee() {
			return this.delegate;
		}

		@Override
		public boolean usesObjectId() {
			return this.delegate.usesObjectId();
		}

		@Override
		public boolean isEmpty(SerializationContext context, @Nullable Object value) {
			requireLoaded(value);
			return this.delegate.isEmpty(context, value);
		}

		@Override
		public void serialize(Object value, JsonGenerator generator, SerializationContext context) {
			requireLoaded(value);
			this.delegate.serialize(value, generator, context);
		}

		@Override
		public void serializeWithType(Object value, JsonGenerator generator, SerializationContext context,
				TypeSerializer typeSerializer) {
			requireLoaded(value);
			this.delegate.serializeWithType(value, generator, context, typeSerializer);
		}

	}

}
