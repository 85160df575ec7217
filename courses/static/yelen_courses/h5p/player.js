// Plays the exercise inside the sandbox, and talks with <h5p-activity> outside of it.
// Out: ready, statement, state, height, started, failed, active. In: start {states}, save.
"use strict";

(() => {
  const { H5P, H5PIntegration } = window;
  const TELL_EVERY = 15; // seconds between two signs of life
  const root = document.querySelector(".h5p-content");
  const contentId = root.dataset.contentId;
  const isAlone = window.parent === window;
  let hasStarted = false;

  function tell(type, facts = {}) {
    if (!isAlone) {
      // The sandbox cannot name its parent's origin; nothing here is secret from it.
      window.parent.postMessage({ from: "yelen-h5p", type, ...facts }, "*");
    }
  }

  function restore(states) {
    const known = H5PIntegration.contents[`cid-${contentId}`].contentUserData;
    for (const { dataType, subContentId, state } of states) {
      // H5P core takes a null for a reset, and would tell the learner so.
      if (state !== "null") {
        (known[subContentId] ??= {})[dataType] = state;
      }
    }
  }

  // In place of H5P core's own, which would post to a server that the sandbox cannot sign in to.
  function setUserData(_contentId, dataType, data, extras = {}) {
    const subContentId = String(extras.subContentId ?? 0);
    const known = H5PIntegration.contents[`cid-${contentId}`];
    const states = ((known.contentUserData ??= {})[subContentId] ??= {});
    const state = JSON.stringify(data);
    if (state !== undefined && state !== states[dataType]) {
      states[dataType] = state;
      tell("state", { dataType, subContentId, state });
    }
  }

  function saveAll() {
    for (const instance of H5P.instances) {
      const state = instance.getCurrentState?.();
      if (state !== undefined) {
        setUserData(contentId, "state", state);
      }
    }
  }

  function onStatement(event) {
    // A plain copy: no functions, and no actor, as who is playing is not the sandbox's business.
    const { actor: _actor, ...statement } = JSON.parse(JSON.stringify(event.data.statement));
    tell("statement", { statement });
    const verb = event.getVerb();
    if (verb === "answered" || verb === "completed") {
      window.setTimeout(saveAll, 0);
    }
  }

  // The page around sees no key and no press of ours, and would think the learner gone.
  function watchLearner() {
    let told = 0;
    const touch = () => {
      if (Date.now() - told > TELL_EVERY * 1000) {
        told = Date.now();
        tell("active");
      }
    };
    for (const name of ["pointerdown", "keydown", "touchstart"]) {
      window.addEventListener(name, touch, { passive: true, capture: true });
    }
    document.addEventListener("timeupdate", touch, true); // a recording plays
  }

  function watchSize() {
    let width = document.documentElement.clientWidth;
    new ResizeObserver(() => tell("height", { height: Math.ceil(root.scrollHeight) })).observe(root);
    window.addEventListener("resize", () => {
      if (document.documentElement.clientWidth !== width) {
        width = document.documentElement.clientWidth;
        H5P.instances.forEach((instance) => H5P.trigger(instance, "resize"));
      }
    });
  }

  function start(states) {
    if (hasStarted) {
      return;
    }
    hasStarted = true;
    restore(states);
    H5P.setUserData = setUserData;
    H5P.deleteUserData = (id, dataType, subContentId) =>
      setUserData(id, dataType, null, { subContentId });
    H5P.externalDispatcher.on("xAPI", onStatement);
    try {
      H5P.init(document.body);
    } catch (error) {
      console.error(error);
    }
    watchSize();
    watchLearner();
    tell(H5P.instances.length ? "started" : "failed");
  }

  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || event.data?.to !== "yelen-h5p") {
      return;
    }
    if (event.data.type === "start") {
      start(event.data.states);
    } else if (event.data.type === "save" && hasStarted) {
      saveAll();
    }
  });

  window.addEventListener("DOMContentLoaded", () => (isAlone ? start([]) : tell("ready")));
})();
