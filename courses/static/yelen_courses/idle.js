/* Warns somebody who seems to have left, then lets the page go. The server ends the session in
   any case; this says so in time, and tells the server while somebody reads or watches. */

const WARNING = 60; // seconds between the warning and the end
const TELL_EVERY = 120; // seconds

class IdleWarning extends HTMLElement {
  connectedCallback() {
    this.after = Number(this.dataset.after);
    this.touched = this.told = this.now();
    for (const name of ["pointerdown", "keydown", "scroll", "touchstart"]) {
      addEventListener(name, () => this.touch(), { passive: true });
    }
    document.addEventListener("timeupdate", () => this.touch(), true); // a recording plays
    addEventListener("message", () => this.touch()); // an exercise in its frame
    this.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.touch(true);
    });
    this.tell();
    setInterval(() => this.look(), 1000);
  }

  now() {
    return Date.now() / 1000;
  }

  touch(answered = false) {
    if (!this.hidden && !answered) return;
    this.hidden = true;
    this.touched = this.now();
    if (answered || this.touched - this.told > TELL_EVERY) this.tell();
  }

  async tell() {
    this.told = this.now();
    const body = new FormData(this.querySelector("form"));
    try {
      const answer = await fetch(this.dataset.stay, { method: "POST", body });
      if (answer.status === 403) location.reload();
    } catch {
      this.told = 0; // no network for a moment: say it again at the next sign of life
    }
  }

  look() {
    const idle = this.now() - this.touched;
    if (idle > this.after + WARNING) location.replace(this.dataset.leave);
    else if (idle > this.after && this.hidden) this.warn();
  }

  warn() {
    this.hidden = false;
    this.querySelector("button").focus();
  }
}

customElements.define("idle-warning", IdleWarning);
