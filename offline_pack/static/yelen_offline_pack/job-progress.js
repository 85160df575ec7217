/* Keeps the progress of a long job up to date, then shows the page as it stands at the end.
   Without it, the page is as old as its last reload. */

const EVERY = 1000; // milliseconds

class JobProgress extends HTMLElement {
  connectedCallback() {
    this.timer = setInterval(() => this.look(), EVERY);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  async look() {
    let job;
    try {
      const answer = await fetch(this.dataset.url, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      job = await answer.json();
    } catch {
      return; // the server is away: ask again
    }
    this.querySelector("progress").value = job.percent;
    this.querySelector("[data-words]").textContent = job.words;
    if (job.is_finished) {
      clearInterval(this.timer);
      location.reload();
    }
  }
}
customElements.define("job-progress", JobProgress);
