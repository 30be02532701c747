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

package io.github.earlyresponse.web.request;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.Part;
import org.jspecify.annotations.Nullable;

import org.springframework.web.util.WebUtils;

/**
 * The request next to the container. When it has ended it is exchanged for one that
 * throws, together with its body and its parts: whatever else was made of it, such as a
 * web request, finds it ended, too.
 */
public final class GuardedRequest extends HttpServletRequestWrapper {

	private @Nullable GuardedInputStream inputStream;

	private @Nullable List<Part> parts;

	private volatile boolean ended;

	private boolean parametersRead;

	private boolean handled;

	/**
	 * Creates the request.
	 * @param request the container's request
	 */
	public GuardedRequest(HttpServletRequest request) {
		super(request);
	}

	/**
	 * Finds the request next to the container.
	 * @param request a request
	 * @return the one that it wraps, {@code null} if there is none
	 */
	public static @Nullable GuardedRequest find(ServletRequest request) {
		return WebUtils.getNativeRequest(request, GuardedRequest.class);
	}

	/**
	 * An annotated handler is called, which may pass on what it gets from here: from now
	 * on that is copied where the container would fill it anew for the next request.
	 */
	public void handled() {
		this.handled = true;
	}

	/**
	 * Reads what is copied by the reader itself.
	 */
	<T> T readWithoutCopy(Supplier<T> reader) {
		boolean handled = this.handled;
		this.handled = false;
		try {
			return reader.get();
		}
		finally {
			this.handled = handled;
		}
	}

	/**
	 * Ends the request, but for the current thread, on which the container goes on with
	 * it.
	 */
	public void endExceptForThisThread() {
		this.ended = true;
		super.setRequest(EndedRequest.exceptForThisThread(HttpServletRequest.class, (HttpServletRequest) getRequest()));
	}

	/**
	 * Ends the request.
	 */
	public void end() {
		this.ended = true;
		super.setRequest(EndedRequest.request);
	}

	@Override
	public ServletRequest getRequest() {
		ServletRequest request = super.getRequest();
		return (this.ended && EndedRequest.stillHere(request) instanceof ServletRequest target) ? target : request;
	}

	/**
	 * Tomcat puts a request of its own below this one for the time of a dispatch, and
	 * takes it out when the response may be complete already.
	 */
	@Override
	public void setRequest(ServletRequest request) {
		boolean stillHere = this.ended && EndedRequest.stillHere(super.getRequest()) != null;
		super.setRequest((stillHere)
				? EndedRequest.exceptForThisThread(HttpServletRequest.class, (HttpServletRequest) request) : request);
	}

	void checkAlive(Class<?> type, String method) {
		if (this.ended) {
			throw EndedRequest.exception(type, method);
		}
	}

	/**
	 * Whether the request has ended.
	 * @return whether it has
	 */
	public boolean isEnded() {
		return this.ended;
	}

	/**
	 * Whether asking for the parameters reads no further from the body, because that was
	 * read before.
	 */
	boolean hasReadBody() {
		GuardedInputStream inputStream = this.inputStream;
		return this.parametersRead || (inputStream != null && inputStream.isFinished());
	}

	@Override
	public ServletInputStream getInputStream() throws IOException {
		GuardedInputStream inputStream = this.inputStream;
		if (inputStream == null) {
			inputStream = new GuardedInputStream(super.getInputStream(), this);
			this.inputStream = inputStream;
		}
		return inputStream;
	}

	@Override
	public BufferedReader getReader() throws IOException {
		return new GuardedReader(super.getReader(), this);
	}

	@Override
	public Collection<Part> getParts() throws IOException, ServletException {
		List<Part> parts = this.parts;
		if (parts == null || this.ended) {
			this.parametersRead = true;
			parts = super.getParts().stream().<Part>map((part) -> new GuardedPart(part, this)).toList();
			this.parts = parts;
		}
		return parts;
	}

	@Override
	public @Nullable Part getPart(String name) throws IOException, ServletException {
		return getParts().stream().filter((part) -> part.getName().equals(name)).findFirst().orElse(null);
	}

	@Override
	public @Nullable String getParameter(String name) {
		this.parametersRead = true;
		return super.getParameter(name);
	}

	@Override
	public String @Nullable [] getParameterValues(String name) {
		this.parametersRead = true;
		return super.getParameterValues(name);
	}

	@Override
	public Map<String, String[]> getParameterMap() {
		this.parametersRead = true;
		Map<String, String[]> parameters = super.getParameterMap();
		return (this.handled) ? Collections.unmodifiableMap(new LinkedHashMap<>(parameters)) : parameters;
	}

	@Override
	public Enumeration<String> getParameterNames() {
		this.parametersRead = true;
		return copied(super.getParameterNames());
	}

	@Override
	public Enumeration<String> getHeaderNames() {
		return copied(super.getHeaderNames());
	}

	@Override
	public Enumeration<String> getHeaders(String name) {
		return copied(super.getHeaders(name));
	}

	@Override
	public Enumeration<Locale> getLocales() {
		return copied(super.getLocales());
	}

	@Override
	public Enumeration<String> getAttributeNames() {
		return copied(super.getAttributeNames());
	}

	private <T> Enumeration<T> copied(Enumeration<T> values) {
		return (this.handled) ? Collections.enumeration(Collections.list(values)) : values;
	}

}
