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

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.deser.AbstractDeserializer;
import tools.jackson.databind.deser.SettableBeanProperty;
import tools.jackson.databind.deser.ValueInstantiator;
import tools.jackson.databind.deser.bean.BeanDeserializerBase;
import tools.jackson.databind.deser.impl.UnsupportedTypeDeserializer;
import tools.jackson.databind.deser.std.ContainerDeserializerBase;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.BeanPropertyDefinition;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.NamedType;
import tools.jackson.databind.ser.BeanPropertyWriter;
import tools.jackson.databind.ser.PropertyWriter;
import tools.jackson.databind.ser.impl.UnknownSerializer;
import tools.jackson.databind.ser.impl.UnsupportedTypeSerializer;
import tools.jackson.databind.ser.jackson.JsonValueSerializer;
import tools.jackson.databind.type.LogicalType;

import org.springframework.util.ReflectionUtils;

/**
 * Asks the serializers and deserializers that Jackson finds for a type whether what is
 * written of its values is enough to read them back, down to the last field. Each type is
 * looked at once.
 */
final class PayloadTypeCheck {

	private static final String DECLARE = "Declare a type that says what it holds, such as a record, or add "
			+ "@JsonTypeInfo and @JsonSubTypes.";

	private static final String MAKE_RECORD = "Make it a record, or pass one with what the post-phase needs.";

	private final DeserializationConfig config;

	private final DeserializationContext reading;

	private final SerializationContext writing;

	private final Set<JavaType> seen = new HashSet<>();

	PayloadTypeCheck(JsonMapper mapper) {
		this.config = mapper.deserializationConfig();
		this.reading = mapper._deserializationContext();
		this.writing = mapper._serializationContext();
	}

	/**
	 * Checks a type.
	 * @param type the type
	 * @param name what has it
	 * @throws UnstorableTypeException if its values cannot be stored
	 */
	void check(JavaType type, String name) {
		check(type, name, false);
	}

	private void check(JavaType type, String path, boolean subtype) {
		try {
			UnstorableTypes.check(type.getRawClass(), path);
			check(type, this.reading.findContextualValueDeserializer(type, null), isTyped(type), null, path, subtype);
		}
		catch (JacksonException ex) {
			throw new UnstorableTypeException(describe(type, path) + ": " + ex.getOriginalMessage(), MAKE_RECORD);
		}
	}

	/**
	 * Whether the name of the actual type is written along.
	 */
	private boolean isTyped(JavaType type) {
		return type.getTypeHandler() != null || this.reading.findTypeDeserializer(type) != null;
	}

	private void check(JavaType type, @Nullable ValueDeserializer<?> deserializer, boolean typed,
			@Nullable ValueSerializer<?> serializer, String path, boolean subtype) {
		UnstorableTypes.check(type.getRawClass(), path);
		if (typed && !subtype) {
			checkSubtypes(type, path);
			return;
		}
		ValueDeserializer<?> actual = deserializer;
		while (actual != null && actual.getDelegatee() != null) {
			actual = actual.getDelegatee();
		}
		if (type.isJavaLangObject() || (actual != null && actual.logicalType() == LogicalType.Untyped
				&& actual.handledType() == Object.class)) {
			throw new UnstorableTypeException(describe(type, path) + ", which can be anything", DECLARE);
		}
		if (actual instanceof AbstractDeserializer) {
			throw new UnstorableTypeException(
					describe(type, path) + ", which is abstract, so that nobody knows what to read it back as",
					DECLARE);
		}
		if (actual instanceof UnsupportedTypeDeserializer) {
			throw new UnstorableTypeException(describe(type, path) + ", which Jackson does not read", MAKE_RECORD);
		}
		if (type.getKeyType() != null && type.getKeyType().isJavaLangObject()) {
			throw new UnstorableTypeException(describe(type, path) + ", whose keys can be anything", DECLARE);
		}
		if (actual instanceof BeanDeserializerBase bean) {
			if (this.seen.add(type)) {
				checkBean(type, bean, serializer, path, subtype);
			}
		}
		else if (actual instanceof ContainerDeserializerBase<?> container && container.getContentType() != null) {
			JavaType content = container.getContentType();
			checkValue(content, container.getContentDeserializer(), isTyped(content), null, path + "[]");
		}
		else if (type.isReferenceType()) {
			check(type.getReferencedType(), path, false);
		}
		else {
			requireSerializer(type, (serializer != null) ? serializer : this.writing.findValueSerializer(type), path);
		}
	}

	private void checkValue(JavaType type, @Nullable ValueDeserializer<?> deserializer, boolean typed,
			@Nullable ValueSerializer<?> serializer, String path) {
		if (deserializer == null) {
			check(type, path, false);
		}
		else {
			check(type, deserializer, typed, serializer, path, false);
		}
	}

	private void checkSubtypes(JavaType type, String path) {
		if (!this.seen.add(type)) {
			return;
		}
		AnnotatedClass annotated = this.reading.introspectBeanDescription(type).getClassInfo();
		Collection<NamedType> subtypes = this.config.getSubtypeResolver()
			.collectAndResolveSubtypesByTypeId(this.config, annotated);
		for (NamedType named : subtypes) {
			Class<?> subtype = named.getType();
			if (!subtype.isInterface() && !Modifier.isAbstract(subtype.getModifiers())
					&& type.getRawClass().isAssignableFrom(subtype)) {
				JavaType specialized = (subtype == type.getRawClass()) ? type
						: this.reading.constructSpecializedType(type, subtype);
				this.seen.remove(specialized);
				check(specialized, path, true);
			}
		}
	}

	private void checkBean(JavaType type, BeanDeserializerBase bean, @Nullable ValueSerializer<?> given, String path,
			boolean subtype) {
		ValueInstantiator instantiator = bean.getValueInstantiator();
		if (!instantiator.canInstantiate()) {
			throw new UnstorableTypeException(
					describe(type, path) + ", of which Jackson finds no constructor that it can call",
					"Make it a record, or add a constructor without parameters or one with @JsonCreator.");
		}
		ValueSerializer<?> serializer = (given != null) ? given : this.writing.findValueSerializer(type);
		while (serializer.getDelegatee() != null) {
			serializer = serializer.getDelegatee();
		}
		if (serializer instanceof JsonValueSerializer) {
			requireSingleValue(type, instantiator, path);
			checkDelegate(instantiator, path);
			return;
		}
		if (serializer instanceof UnknownSerializer && (subtype || type.isRecordType())) {
			// It says all by what it is
			return;
		}
		requireSerializer(type, serializer, path);
		if (checkDelegate(instantiator, path)) {
			return;
		}
		Map<String, PropertyWriter> written = new HashMap<>();
		for (Iterator<PropertyWriter> writers = serializer.properties(); writers.hasNext();) {
			PropertyWriter writer = writers.next();
			if (writer instanceof BeanPropertyWriter unwrapping && unwrapping.isUnwrapping()) {
				check(writer.getType(), path + "." + writer.getName(), false);
			}
			else {
				written.put(writer.getName(), writer);
			}
		}
		if (!written.isEmpty()) {
			checkProperties(bean, written, path);
			requireBothWays(type, bean, written.keySet(), path);
		}
	}

	private boolean checkDelegate(ValueInstantiator instantiator, String path) {
		JavaType delegate = instantiator.canCreateUsingDelegate() ? instantiator.getDelegateType(this.config) : null;
		if (delegate == null && instantiator.canCreateUsingArrayDelegate()) {
			delegate = instantiator.getArrayDelegateType(this.config);
		}
		if (delegate == null) {
			return false;
		}
		check(delegate, path, false);
		return true;
	}

	private void checkProperties(BeanDeserializerBase bean, Map<String, PropertyWriter> written, String path) {
		for (Iterator<SettableBeanProperty> properties = bean.properties(); properties.hasNext();) {
			SettableBeanProperty property = properties.next();
			if (written.get(property.getName()) instanceof BeanPropertyWriter writer) {
				checkValue(property.getType(), property.getValueDeserializer(), property.hasValueTypeDeserializer(),
						writer.getSerializer(), path + "." + property.getName());
			}
		}
	}

	/**
	 * What is given to a constructor has to be written, and what is written of the state
	 * has to be read. Other properties may be one-way: they are computed.
	 */
	private void requireBothWays(JavaType type, BeanDeserializerBase bean, Set<String> written, String path) {
		for (Iterator<SettableBeanProperty> properties = bean.properties(); properties.hasNext();) {
			SettableBeanProperty property = properties.next();
			JsonProperty annotation = property.getAnnotation(JsonProperty.class);
			boolean state = property.isCreatorProperty()
					|| (annotation != null && annotation.access() == JsonProperty.Access.WRITE_ONLY);
			if (state && !property.isInjectionOnly() && property.getAnnotation(JsonUnwrapped.class) == null
					&& !written.contains(property.getName())) {
				throw new UnstorableTypeException(
						describe(type, path) + ", whose '" + property.getName() + "' is read but never written",
						"Add a getter that Jackson finds, or pass another type.");
			}
		}
		for (BeanPropertyDefinition property : this.writing.introspectBeanDescription(type).findProperties()) {
			if (written.contains(property.getName()) && bean.findProperty(property.getFullName()) == null
					&& bean.findBackReference(property.getName()) == null && !bean.hasAnySetter()
					&& isField(type.getRawClass(), property.getInternalName())) {
				throw new UnstorableTypeException(
						describe(type, path) + ", whose '" + property.getName() + "' is written but not read back",
						"Add a setter or a constructor that takes it, make it a record, or pass another type.");
			}
		}
	}

	private static boolean isField(Class<?> type, String name) {
		Field field = ReflectionUtils.findField(type, name);
		return field != null && !Modifier.isStatic(field.getModifiers());
	}

	private static void requireSingleValue(JavaType type, ValueInstantiator instantiator, String path) {
		if (!(instantiator.canCreateUsingDelegate() || instantiator.canCreateUsingArrayDelegate()
				|| instantiator.canCreateFromString() || instantiator.canCreateFromInt()
				|| instantiator.canCreateFromLong() || instantiator.canCreateFromBigInteger()
				|| instantiator.canCreateFromDouble() || instantiator.canCreateFromBigDecimal()
				|| instantiator.canCreateFromBoolean())) {
			throw new UnstorableTypeException(
					describe(type, path) + ", which is written as a single value that it is not read from",
					"Add a constructor or static method with @JsonCreator that takes the value of @JsonValue.");
		}
	}

	private static void requireSerializer(JavaType type, ValueSerializer<?> serializer, String path) {
		if (serializer instanceof UnknownSerializer || serializer instanceof UnsupportedTypeSerializer) {
			throw new UnstorableTypeException(describe(type, path) + ", of which Jackson finds no properties to write",
					MAKE_RECORD);
		}
	}

	private static String describe(JavaType type, String path) {
		return path + " is of type " + type.toCanonical();
	}

}
