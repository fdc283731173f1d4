/* Relais: keys of the keyboard, where somebody keeps them on. Each row of the layer says what its keys do. */
"use strict";
(() => {
  const layer = document.getElementById("raccourcis");
  const rows = [...layer.querySelectorAll("[data-keys]")];
  const target = (row) => row.dataset.target && document.querySelector(row.dataset.target);
  const works = (row) => !row.dataset.target || !!target(row);

  /* A field keeps every key for itself; a box to tick has no use for letters. */
  const writes = (one) => one.isContentEditable || one.matches("textarea, select, input:not([type=checkbox])");

  const reach = (place) => {
    const folded = () => place.closest("details:not([open])");
    while (folded()) folded().open = true;
    if (place.matches("a")) { place.click(); return; }
    if (!place.matches("button, input, select, textarea")) place.tabIndex = -1;
    place.scrollIntoView({ block: "center" });
    place.focus();
  };
  /* From the row where one is; from outside, to the first. */
  const move = (table, step) => {
    const lines = [...table.querySelectorAll("tbody tr")], here = lines.indexOf(document.activeElement.closest("tr"));
    lines[here < 0 ? 0 : Math.min(Math.max(here + step, 0), lines.length - 1)]?.querySelector("a")?.focus();
  };
  const does = {
    show: () => {
      for (const row of rows) row.hidden = !works(row);
      for (const part of layer.querySelectorAll("section")) part.hidden = !part.querySelector("[data-keys]:not([hidden])");
      layer.showModal();
    },
    go: (row) => location.assign(row.dataset.to),
    reach: (row) => reach(target(row)),
    down: (row) => move(target(row), 1),
    up: (row) => move(target(row), -1),
    tick: () => document.activeElement.closest("tr")?.querySelector("input[type=checkbox]")?.click(),
  };

  let begun = "", timer;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.length > 1 || document.querySelector("dialog[open]") || writes(event.target)) return;
    const keys = `${begun}${event.key.toLowerCase()}`;
    clearTimeout(timer);
    begun = "";
    const row = rows.find((one) => one.dataset.keys === keys && works(one));
    if (row) {
      event.preventDefault();
      does[row.dataset.does](row);
    } else if (rows.some((one) => one.dataset.keys.startsWith(`${keys} `))) {
      begun = `${keys} `;
      timer = setTimeout(() => { begun = ""; }, 1500);
    }
  });
})();
