/* Offers the time of the device that shows the page, read at the moment the button is pressed.
   Without it, the date and the time are typed. */

const EVERY = 1000; // milliseconds

class PhoneClock extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("[data-phone]");
    form.hidden = false;
    form.addEventListener("submit", () => (form.elements.phone_ms.value = Date.now()));
    this.show();
    this.timer = setInterval(() => this.show(), EVERY);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  show() {
    const words = new Intl.DateTimeFormat(document.documentElement.lang || undefined, {
      dateStyle: "full",
      timeStyle: "short",
    });
    const now = words.format(new Date());
    const place = this.querySelector("[data-now]");
    if (place.textContent !== now) place.textContent = now;
  }
}
customElements.define("phone-clock", PhoneClock);
