// <h5p-activity>: opens an exercise in a sandbox, and sends on what the exercise says.
// The exercise is foreign code: only messages of its own frame are heard, of known shape and size,
// and who is playing what is never read from them.

const LARGEST = 64 * 1024; // bytes of one statement or state
const RETRY = [2, 5, 10, 20, 30]; // seconds
const TALLEST = 20000; // pixels
const WORD = /^[\w-]{1,64}$/;

class H5PActivity extends HTMLElement {
  #frame = null;
  #queue = []; // [{url, key, body}], the oldest first
  #isSending = false;
  #failures = 0;
  #timer = 0;

  connectedCallback() {
    this.#part("opening").hidden = false;
    this.#part("text")?.removeAttribute("open");
    this.#part("open").addEventListener("click", () => this.#open());
    this.#part("close").addEventListener("click", () => this.#close());
    window.addEventListener("message", this.#onMessage);
    window.addEventListener("online", this.#sendNow);
    window.addEventListener("beforeunload", this.#onLeaving);
  }

  disconnectedCallback() {
    window.removeEventListener("message", this.#onMessage);
    window.removeEventListener("online", this.#sendNow);
    window.removeEventListener("beforeunload", this.#onLeaving);
  }

  #part(name) {
    return this.querySelector(`[data-part="${name}"]`);
  }

  #say(name) {
    this.dataset.state = name;
    this.#part("status").textContent = this.dataset[name] ?? "";
  }

  #open() {
    this.#frame = document.createElement("iframe");
    this.#frame.title = this.dataset.title;
    // Never add allow-same-origin: the exercise's code would act as the learner.
    this.#frame.sandbox = "allow-scripts";
    this.#frame.allow = "fullscreen";
    this.#frame.className = "h5p-frame";
    this.#frame.src = this.dataset.playerUrl;
    this.#part("stage").replaceChildren(this.#frame);
    this.#part("opening").hidden = true;
    this.#part("closing").hidden = false;
    this.#say("loading");
    this.#frame.focus();
  }

  #close() {
    this.#tell({ type: "save" });
    // One turn for the answer to come back before the frame is gone.
    window.setTimeout(() => {
      this.#frame = null;
      this.#part("stage").replaceChildren();
      this.#part("closing").hidden = true;
      this.#part("opening").hidden = false;
      this.#part("open").focus();
    }, 150);
  }

  #tell(message) {
    this.#frame?.contentWindow?.postMessage({ to: "yelen-h5p", ...message }, "*");
  }

  #onMessage = (event) => {
    const message = event.data;
    if (!this.#frame || event.source !== this.#frame.contentWindow) {
      return;
    }
    if (message?.from === "yelen-h5p") {
      this.#hear(message);
    }
  };

  #hear(message) {
    if (message.type === "ready") {
      this.#start();
    } else if (message.type === "height" && Number.isFinite(message.height)) {
      this.#frame.style.blockSize = `${Math.min(Math.max(message.height, 120), TALLEST)}px`;
    } else if (message.type === "started") {
      this.#say("ready");
      this.#noteViewed();
    } else if (message.type === "failed") {
      this.#say("failed");
    } else if (message.type === "statement" && isStatement(message.statement)) {
      this.#keep(this.dataset.statementUrl, { statement: message.statement });
    } else if (message.type === "state") {
      this.#keepState(message);
    }
  }

  async #start() {
    this.#tell({ type: "start", states: await this.#states() });
  }

  /** What was kept last time; an exercise opens without it when it cannot be had. */
  async #states() {
    const unsent = this.#queue.filter((item) => item.key).map((item) => item.body);
    if (!this.dataset.stateUrl) {
      return unsent; // an author's preview: nothing is kept
    }
    try {
      const headers = { Accept: "application/json" };
      const answer = await fetch(this.dataset.stateUrl, { headers, credentials: "same-origin" });
      const { states } = answer.ok ? await answer.json() : { states: [] };
      return [...states, ...unsent].filter(isState);
    } catch {
      return unsent;
    }
  }

  /** Some exercises say nothing of themselves, and are completed once they are open. */
  #noteViewed() {
    if (this.dataset.completion === "viewed") {
      const verb = { id: "http://adlnet.gov/expapi/verbs/initialized" };
      this.#keep(this.dataset.statementUrl, { statement: { verb } });
    }
  }

  #keepState({ dataType, subContentId, state }) {
    const body = { dataType, subContentId, state };
    if (isState(body)) {
      // Only the last state counts: an older one that waits is not worth sending.
      const key = `${dataType} ${subContentId}`;
      const started = this.#isSending ? 1 : 0;
      this.#queue = this.#queue.filter((item, place) => place < started || item.key !== key);
      this.#keep(this.dataset.stateUrl, body, key);
    }
  }

  #keep(url, body, key = "") {
    if (url) {
      this.#queue.push({ url, body, key });
      this.#send();
    }
  }

  #sendNow = () => {
    window.clearTimeout(this.#timer);
    this.#timer = 0;
    this.#send();
  };

  /** Send what waits, in order, one at a time; what fails is tried again, ever more slowly. */
  async #send() {
    if (this.#isSending || this.#timer || !this.#queue.length) {
      return;
    }
    this.#isSending = true;
    let outcome = "saved";
    while (this.#queue.length && outcome !== "retrying") {
      if (this.#failures === 0) {
        this.#say("saving");
      }
      outcome = await this.#post(this.#queue[0]);
      if (outcome !== "retrying") {
        this.#queue.shift();
      }
    }
    this.#isSending = false;
    this.#failures = outcome === "retrying" ? this.#failures + 1 : 0;
    this.#say(outcome);
    if (outcome === "retrying") {
      const wait = RETRY[Math.min(this.#failures, RETRY.length) - 1];
      this.#timer = window.setTimeout(this.#sendNow, wait * 1000);
    }
  }

  /** "saved", "refused" (it will never be taken) or "retrying". */
  async #post({ url, body }) {
    try {
      const answer = await fetch(url, {
        method: "POST",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", "X-CSRFToken": this.dataset.csrfToken },
        body: JSON.stringify(body),
      });
      if (answer.ok) {
        this.#announce(url, body, await answer.json().catch(() => ({})));
        return "saved";
      }
      return [400, 413, 422].includes(answer.status) ? "refused" : "retrying";
    } catch {
      return "retrying";
    }
  }

  /** Let the page around follow: the event carries what the server answered. */
  #announce(url, body, answer) {
    if (url === this.dataset.statementUrl) {
      const detail = { statement: body.statement, answer };
      this.dispatchEvent(new CustomEvent("h5p-statement-saved", { bubbles: true, detail }));
    }
  }

  #onLeaving = (event) => {
    if (this.#queue.length) {
      event.preventDefault();
    }
  };
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isStatement(value) {
  return isObject(value) && isObject(value.verb) && sizeOf(value) <= LARGEST;
}

function isState(value) {
  return (
    isObject(value) &&
    WORD.test(value.dataType) &&
    WORD.test(value.subContentId) &&
    typeof value.state === "string" &&
    new TextEncoder().encode(value.state).length <= LARGEST
  );
}

function sizeOf(message) {
  try {
    return new TextEncoder().encode(JSON.stringify(message)).length;
  } catch {
    return Infinity;
  }
}

customElements.define("h5p-activity", H5PActivity);
