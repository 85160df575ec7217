/* Keeps the progress of a long job up to date, then shows the page as it stands at the end.
   Without it, the page is as old as its last reload. */

const EVERY = 1000; // milliseconds
const PATIENCE = 3; // unanswered questions before the words say so

class JobProgress extends HTMLElement {
  connectedCallback() {
    this.unanswered = 0;
    this.timer = setInterval(() => this.look(), EVERY);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  async look() {
    const job = await this.ask();
    this.unanswered = job ? 0 : this.unanswered + 1;
    if (job) this.show(job);
    else if (this.unanswered >= PATIENCE) this.say(this.dataset.away);
  }

  /* What the server says of the job; nothing while it is away. */
  async ask() {
    try {
      const answer = await fetch(this.dataset.url, { headers: { Accept: "application/json" } });
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  }

  show(job) {
    this.querySelector("progress").value = job.percent;
    this.say(job.words);
    if (!job.is_finished) return;
    clearInterval(this.timer);
    location.reload();
  }

  say(words) {
    const place = this.querySelector("[data-words]");
    if (place.textContent !== words) place.textContent = words;
  }
}
customElements.define("job-progress", JobProgress);
