/* Shows how far a large upload is. Without it the form works all the same, in silence. */

class PackUpload extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.form.addEventListener("submit", (event) => {
      if (!this.form.elements.pack.files.length) return;
      event.preventDefault();
      this.send();
    });
  }

  send() {
    const bar = this.querySelector("progress");
    const request = new XMLHttpRequest();
    request.open("POST", this.form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = Math.floor((100 * event.loaded) / event.total);
    });
    request.addEventListener("loadend", () => {
      if (request.status === 200) location.assign(JSON.parse(request.responseText).next);
      else this.fail();
    });
    this.querySelector("[data-sending]").hidden = false;
    this.form.querySelector("button").disabled = true;
    request.send(new FormData(this.form));
  }

  fail() {
    this.querySelector("[data-words]").textContent = this.dataset.failed;
    this.form.querySelector("button").disabled = false;
  }
}
customElements.define("pack-upload", PackUpload);
