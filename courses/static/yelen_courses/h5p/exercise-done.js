/* Shows that an exercise is done as soon as its result is stored; a status, so it is also read out. */

class ExerciseDone extends HTMLElement {
  connectedCallback() {
    this.section = this.closest(".activity");
    this.section.addEventListener("h5p-statement-saved", (event) => {
      if (event.detail.answer.complete && !this.textContent.trim()) this.show();
    });
  }

  show() {
    const over = this.section.querySelectorAll("[data-part='standing'], [data-part='mark']");
    over.forEach((part) => part.remove());
    this.section.classList.add("done");
    const badge = this.querySelector("template").content.firstElementChild.cloneNode(true);
    badge.append(this.dataset.words);
    this.append(badge);
  }
}

customElements.define("exercise-done", ExerciseDone);
