/* Large keys for a PIN, beside the ordinary field; the fourth digit sends the form. */

class PinKeypad extends HTMLElement {
  connectedCallback() {
    this.field = document.getElementById(this.dataset.for);
    this.className = "keypad";
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", this.dataset.label);
    for (const digit of "123456789") this.add(digit, () => this.type(digit));
    this.add("←", () => (this.field.value = this.field.value.slice(0, -1)), this.dataset.erase);
    this.add("0", () => this.type("0"));
    this.hint();
    this.field.addEventListener("input", () => this.sendWhenFull());
  }

  add(text, press, label = text) {
    const key = document.createElement("button");
    key.type = "button";
    key.textContent = text;
    key.setAttribute("aria-label", label);
    key.addEventListener("click", press);
    this.append(key);
  }

  hint() {
    const hint = document.createElement("p");
    hint.id = `${this.dataset.for}-hint`;
    hint.className = "soft small";
    hint.textContent = this.dataset.hint;
    this.before(hint);
    this.field.setAttribute("aria-describedby", hint.id);
  }

  type(digit) {
    if (this.field.value.length < this.field.maxLength) this.field.value += digit;
    this.sendWhenFull();
  }

  sendWhenFull() {
    if (this.sent || this.field.value.length < this.field.maxLength) return;
    this.sent = true; // a second tap must not count as a second try
    this.field.form.requestSubmit();
  }
}

customElements.define("pin-keypad", PinKeypad);
