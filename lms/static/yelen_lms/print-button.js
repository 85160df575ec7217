/* A button that prints the page; without JavaScript the browser's own menu does. */

class PrintButton extends HTMLElement {
  connectedCallback() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.append(this.querySelector("template").content.cloneNode(true), this.dataset.label);
    button.addEventListener("click", () => print());
    this.append(button);
  }
}

customElements.define("print-button", PrintButton);
