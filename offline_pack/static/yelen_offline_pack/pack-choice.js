/* Shows the sizes of what is ticked as it is ticked. Without it, a button does so. */

class PackChoice extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.form.querySelector("[data-look]").hidden = true;
    this.form.addEventListener("change", (event) => this.look(event.target));
  }

  async look(changed) {
    const chosen = new URLSearchParams(new FormData(this.form));
    chosen.delete("csrfmiddlewaretoken");
    chosen.set("shown", "1"); // nothing ticked is a choice too
    this.asked = chosen.toString();
    const answer = await fetch(`?${this.asked}`).catch(() => null);
    if (!answer?.ok || this.asked !== chosen.toString()) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const sizes = page.querySelector("pack-choice [data-sizes]");
    if (!sizes) return;
    this.querySelector("[data-sizes]").replaceWith(sizes);
    this.form.querySelector(`[name="${changed.name}"][value="${changed.value}"]`)?.focus();
  }
}
customElements.define("pack-choice", PackChoice);
