/* Shows the page anew once what it waits for is here. Without it, the page does so every minute. */

const EVERY = 5000; // milliseconds

class AwaitedAnswer extends HTMLElement {
  connectedCallback() {
    this.timer = setInterval(() => this.look(), EVERY);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  async look() {
    try {
      const answer = await fetch(this.dataset.url, { headers: { Accept: "application/json" } });
      if (!answer.ok || (await answer.json()).is_awaited) return;
    } catch {
      return; // the server is away: later
    }
    clearInterval(this.timer);
    location.reload();
  }
}
customElements.define("awaited-answer", AwaitedAnswer);
