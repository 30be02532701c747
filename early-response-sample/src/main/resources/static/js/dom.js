/**
 * Creates an element. Children are nodes or text, never markup.
 */
export function element(name, attributes = {}, ...children) {
	const created = document.createElement(name);
	for (const [key, value] of Object.entries(attributes)) {
		if (key.startsWith("on")) {
			created.addEventListener(key.slice(2), value);
		}
		else if (value === true || value === false) {
			created.toggleAttribute(key, value);
		}
		else if (value !== undefined && value !== null) {
			created.setAttribute(key, value);
		}
	}
	created.append(...children);
	return created;
}

export function byId(id) {
	return document.getElementById(id);
}

/**
 * Sets the text only if it is another one, so that screen readers are not told twice.
 */
export function setText(target, text) {
	if (target.textContent !== text) {
		target.textContent = text;
	}
}

/**
 * Says something to those who do not see the page change.
 */
export function announce(message) {
	const announcer = byId("announcer");
	announcer.append(element("span", {}, `${message} `));
	while (announcer.childElementCount > 5) {
		announcer.firstElementChild.remove();
	}
}
