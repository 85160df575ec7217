// Runs first inside the sandbox, where storage throws and H5P core would die of it.
"use strict";

for (const name of ["localStorage", "sessionStorage"]) {
  const kept = new Map();
  const storage = {
    getItem: (key) => (kept.has(String(key)) ? kept.get(String(key)) : null),
    setItem: (key, value) => void kept.set(String(key), String(value)),
    removeItem: (key) => void kept.delete(String(key)),
    clear: () => kept.clear(),
    key: (index) => [...kept.keys()][index] ?? null,
    get length() {
      return kept.size;
    },
  };
  Object.defineProperty(window, name, { value: storage, configurable: true });
}

window.H5PIntegration = JSON.parse(document.getElementById("h5p-integration").textContent);
// player.js starts the exercise, once it listens: the first statement would be lost otherwise.
window.H5P = { preventInit: true };
