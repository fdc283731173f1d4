/* Relais: while a reference is typed, the requests that begin so are proposed. Without this file the field is a plain one. */
"use strict";
(() => {
  const { url } = document.currentScript.dataset;
  /* What may be the beginning of a reference; a name or a file number that is being typed is never sent. */
  const begun = (text) => /^[a-z]{2}[\da-z\s-]{1,14}$/i.test(text) && /[\d-]/.test(text);
  const set = (part, attributes) => { for (const [name, value] of Object.entries(attributes)) part.setAttribute(name, value); return part; };
  const made = (name, place, attributes, text = "") => {
    const part = set(document.createElement(name), attributes);
    part.textContent = text;
    return place.appendChild(part);
  };

  for (const [rank, field] of document.querySelectorAll("[data-references]").entries()) {
    const place = field.parentElement, id = `references-${rank}`;
    const list = made("ul", place, { id, class: "suggestions", role: "listbox", "aria-label": "Demandes dont la référence commence ainsi", hidden: "" });
    const said = made("span", place, { class: "hidden-visually", role: "status" });
    let timer, pending, chosen;
    place.classList.add("suggesting");
    set(field, { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id });

    const active = () => list.querySelector("[aria-selected=true]");
    const mark = (option) => {
      active()?.setAttribute("aria-selected", "false");
      field.removeAttribute("aria-activedescendant");
      if (!option) return;
      set(option, { "aria-selected": "true" }).scrollIntoView({ block: "nearest" });
      set(field, { "aria-activedescendant": option.id });
    };
    const show = (requests) => {
      mark(null);
      list.replaceChildren();
      for (const [number, { reference, words }] of requests.entries()) {
        const option = made("li", list, { id: `${id}-${number}`, role: "option", "aria-selected": "false", "data-reference": reference });
        made("strong", option, {}, reference);
        made("small", option, {}, words);
      }
      list.hidden = !requests.length;
      set(field, { "aria-expanded": String(!list.hidden) });
      said.textContent = ["", "1 demande proposée"][requests.length] ?? `${requests.length} demandes proposées`;
    };
    const close = () => {
      clearTimeout(timer);
      pending?.abort();
      show([]);
    };
    const choose = (option) => {
      field.value = chosen = option.dataset.reference;
      close();
      if (field.form.getAttribute("role") === "search") field.form.requestSubmit();
    };
    const ask = async () => {
      const typed = field.value.trim();
      pending = new AbortController();
      try {
        const body = new URLSearchParams({ q: typed, csrf_token: document.querySelector("[name=csrf_token]").value });
        const answer = await fetch(url, { method: "POST", body, signal: pending.signal, redirect: "manual", headers: { Accept: "application/json" } });
        if (!answer.ok) return;
        const { requests } = await answer.json();
        if (field.value.trim() === typed && document.activeElement === field) show(requests);
      } catch { /* no network, or typed further */ }
    };

    field.addEventListener("input", () => {
      const typed = field.value.trim();
      if (!begun(typed) || typed === chosen) { close(); return; }
      clearTimeout(timer);
      pending?.abort();
      timer = setTimeout(ask, 200);
    });
    field.addEventListener("keydown", (event) => {
      if (list.hidden || event.isComposing) return;
      const options = [...list.children], here = options.indexOf(active());
      if (event.key === "ArrowDown") mark(options[(here + 1) % options.length]);
      else if (event.key === "ArrowUp") mark(options.at(here < 1 ? -1 : here - 1));
      else if (event.key === "Enter" && here >= 0) choose(options[here]);
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
    });
    field.addEventListener("blur", close);
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", ({ target }) => { const option = target.closest("li"); if (option) choose(option); });
  }
})();
