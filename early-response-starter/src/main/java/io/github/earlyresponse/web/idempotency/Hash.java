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

package io.github.earlyresponse.web.idempotency;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import org.jspecify.annotations.Nullable;

/**
 * A SHA-256 of several values, each with its length, so that no two sequences of values
 * are the same.
 */
final class Hash {

	private static final int BUFFER_SIZE = 8192;

	private final MessageDigest digest;

	Hash() {
		try {
			this.digest = MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			// Every Java has it
			throw new IllegalStateException(ex);
		}
	}

	Hash add(@Nullable String value) {
		if (value == null) {
			return add(-1);
		}
		byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
		add(bytes.length);
		this.digest.update(bytes);
		return this;
	}

	Hash add(long number) {
		this.digest.update(ByteBuffer.allocate(Long.BYTES).putLong(number).flip());
		return this;
	}

	/**
	 * Adds bytes without their number.
	 */
	void addBytes(byte[] bytes, int offset, int length) {
		this.digest.update(bytes, offset, length);
	}

	/**
	 * Adds the hash of all bytes of a stream.
	 */
	void add(InputStream stream) throws IOException {
		Hash hash = new Hash();
		byte[] buffer = new byte[BUFFER_SIZE];
		for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
			hash.addBytes(buffer, 0, count);
		}
		add(hash.toString());
	}

	/**
	 * The hash in hexadecimal digits. Nothing can be added afterwards.
	 */
	@Override
	public String toString() {
		return HexFormat.of().formatHex(this.digest.digest());
	}

}
