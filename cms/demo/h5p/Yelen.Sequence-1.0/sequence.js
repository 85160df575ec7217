// Put the steps in order. An H5P content type of the Yelen project, BSD-3-Clause.
// A plain function and not a class: H5P core writes to its prototype.
window.Yelen = window.Yelen || {};

window.Yelen.Sequence = (function () {
  "use strict";

  const WORDS = {
    up: "Move up",
    down: "Move down",
    check: "Check",
    retry: "Try again",
    right: "in its place",
    wrong: "to be moved",
    moved: ":step: place :place of :count.",
    score: ":score of :count steps are in their place.",
  };

  function Sequence(params, contentId, extras) {
    window.H5P.EventDispatcher.call(this);
    this.contentId = contentId;
    this.steps = params.steps.map(plain);
    this.task = plain(params.task || "");
    this.explanation = plain(params.explanation || "");
    this.words = Object.assign({}, WORDS, params.l10n);
    this.title = (extras && extras.metadata && extras.metadata.title) || this.task;
    this.hasAnswered = false;
    this.restore((extras && extras.previousState) || {});
  }

  // Texts of an H5P editor are HTML: entities are read, tags are not.
  function plain(html) {
    return new DOMParser().parseFromString(html, "text/html").body.textContent.trim();
  }

  function make(tag, className, text) {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text || "";
    return element;
  }

  function fill(text, facts) {
    return text.replace(/:(step|place|count|score)/g, (_whole, name) => facts[name]);
  }

  Sequence.prototype.restore = function (state) {
    const order = Array.isArray(state.order) ? state.order : [];
    const isWhole =
      order.length === this.steps.length && this.steps.every((_step, n) => order.includes(n));
    this.order = isWhole ? order : this.shuffled();
    this.isChecked = isWhole && state.isChecked === true;
    this.hasAnswered = isWhole;
  };

  Sequence.prototype.shuffled = function () {
    const order = this.steps.map((_step, n) => n);
    for (let last = order.length - 1; last > 0; last -= 1) {
      const other = Math.floor(Math.random() * (last + 1));
      [order[last], order[other]] = [order[other], order[last]];
    }
    const isSorted = order.every((step, place) => step === place);
    return isSorted ? order.reverse() : order;
  };

  Sequence.prototype.attach = function ($container) {
    this.root = make("div", "yelen-sequence");
    this.list = make("ol", "yelen-sequence-steps");
    this.status = make("p", "yelen-sequence-status");
    this.status.setAttribute("role", "status");
    this.list.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) {
        this.move(Number(button.dataset.step), Number(button.dataset.by));
      }
    });
    this.checkButton = this.button(this.words.check, () => this.check());
    this.retryButton = this.button(this.words.retry, () => this.retry());
    this.root.append(make("p", "yelen-sequence-task", this.task), this.list, this.status);
    this.root.append(this.checkButton, this.retryButton);
    $container[0].append(this.root);
    this.draw();
    if (this.isChecked) {
      this.showResult();
    }
    this.setActivityStarted();
  };

  Sequence.prototype.button = function (text, act) {
    const button = make("button", "yelen-sequence-main", text);
    button.type = "button";
    button.addEventListener("click", act);
    return button;
  };

  Sequence.prototype.draw = function () {
    this.list.replaceChildren(...this.order.map((step, place) => this.item(step, place)));
    this.checkButton.hidden = this.isChecked;
    this.retryButton.hidden = !this.isChecked || this.getScore() === this.getMaxScore();
    this.trigger("resize");
  };

  Sequence.prototype.item = function (step, place) {
    const item = make("li", "yelen-sequence-step");
    item.append(make("span", "yelen-sequence-text", this.steps[step]));
    if (this.isChecked) {
      const isRight = step === place;
      item.classList.add(isRight ? "is-right" : "is-wrong");
      const mark = `${isRight ? "✔" : "✘"} ${isRight ? this.words.right : this.words.wrong}`;
      item.append(make("span", "yelen-sequence-mark", mark));
    } else {
      item.append(this.arrow(step, place, -1), this.arrow(step, place, 1));
    }
    return item;
  };

  Sequence.prototype.arrow = function (step, place, by) {
    const button = make("button", "yelen-sequence-move", by < 0 ? "▲" : "▼");
    const target = place + by;
    button.type = "button";
    button.dataset.step = step;
    button.dataset.by = by;
    // Kept in the tab order at both ends, so that the keyboard never loses its place.
    button.setAttribute("aria-disabled", String(target < 0 || target >= this.order.length));
    button.setAttribute(
      "aria-label",
      `${by < 0 ? this.words.up : this.words.down}\u00a0: ${this.steps[step]}`
    );
    return button;
  };

  Sequence.prototype.move = function (step, by) {
    const from = this.order.indexOf(step);
    const to = from + by;
    if (to < 0 || to >= this.order.length) {
      return;
    }
    [this.order[from], this.order[to]] = [this.order[to], this.order[from]];
    this.hasAnswered = true;
    this.draw();
    this.list.querySelector(`[data-step="${step}"][data-by="${by}"]`).focus();
    const facts = { step: this.steps[step], place: to + 1, count: this.order.length };
    this.status.textContent = fill(this.words.moved, facts);
    this.triggerXAPI("interacted");
  };

  Sequence.prototype.check = function () {
    this.isChecked = true;
    this.hasAnswered = true;
    this.draw();
    this.showResult();
    this.trigger(this.answered());
    (this.retryButton.hidden ? this.status : this.retryButton).focus();
  };

  Sequence.prototype.showResult = function () {
    const score = this.getScore();
    const facts = { score, count: this.getMaxScore() };
    const isAllRight = score === this.getMaxScore();
    const words = [fill(this.words.score, facts), isAllRight ? this.explanation : ""];
    this.status.textContent = words.join(" ").trim();
    this.status.tabIndex = -1;
    this.status.classList.toggle("is-right", isAllRight);
  };

  // The order stays as it is: what is in its place need not be found again.
  Sequence.prototype.retry = function () {
    this.isChecked = false;
    this.status.textContent = "";
    this.status.classList.remove("is-right");
    this.draw();
    this.list.querySelector("button").focus();
  };

  Sequence.prototype.answered = function () {
    const event = this.createXAPIEventTemplate("answered");
    const isAllRight = this.getScore() === this.getMaxScore();
    Object.assign(event.data.statement.object.definition, this.definition());
    event.setScoredResult(this.getScore(), this.getMaxScore(), this, true, isAllRight);
    event.data.statement.result.response = this.order.join("[,]");
    return event;
  };

  Sequence.prototype.definition = function () {
    const choices = this.steps.map((text, n) => ({ id: String(n), description: { und: text } }));
    return {
      type: "http://adlnet.gov/expapi/activities/cmi.interaction",
      interactionType: "sequencing",
      description: { und: this.task },
      choices,
      correctResponsesPattern: [choices.map((choice) => choice.id).join("[,]")],
    };
  };

  // What H5P asks of a question.
  Sequence.prototype.getScore = function () {
    return this.order.filter((step, place) => step === place).length;
  };

  Sequence.prototype.getMaxScore = function () {
    return this.steps.length;
  };

  Sequence.prototype.getAnswerGiven = function () {
    return this.hasAnswered;
  };

  Sequence.prototype.getTitle = function () {
    return this.title;
  };

  Sequence.prototype.getXAPIData = function () {
    return { statement: this.answered().data.statement };
  };

  Sequence.prototype.getCurrentState = function () {
    return this.hasAnswered ? { order: this.order, isChecked: this.isChecked } : undefined;
  };

  Sequence.prototype.showSolutions = function () {
    this.order = this.steps.map((_step, n) => n);
    this.isChecked = true;
    this.draw();
  };

  Sequence.prototype.resetTask = function () {
    this.restore({});
    this.status.textContent = "";
    this.draw();
  };

  return Sequence;
})();
