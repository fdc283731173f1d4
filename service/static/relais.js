/* Relais: comforts only. Every page works without this file; nothing personal is kept by the browser. */
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const after = (wait, act) => { let timer; return () => { clearTimeout(timer); timer = setTimeout(act, wait); }; };

  /* The form's fields as they would be posted, csrf_token included, without the files. */
  const typed = (form) => {
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    return new URLSearchParams(data);
  };
  const post = (url, form, signal) => fetch(url, {
    method: "POST", body: typed(form), signal, redirect: "manual", headers: { Accept: "application/json" },
  });

  /* Verdict while typing: {html, fragments: {name: html}} replaces [data-verdict] and [data-fragment=name]. */
  const put = (place, html) => { if (place && html !== undefined && place.innerHTML.trim() !== html.trim()) place.innerHTML = html; };
  for (const form of all("form[data-verdict-url]")) {
    let pending;
    const ask = after(350, async () => {
      pending?.abort();
      pending = new AbortController();
      try {
        const answer = await post(form.dataset.verdictUrl, form, pending.signal);
        if (!answer.ok) return;
        const { html, fragments = {} } = await answer.json();
        put(document.querySelector("[data-verdict]"), html);
        for (const [name, part] of Object.entries(fragments)) put(document.querySelector(`[data-fragment="${CSS.escape(name)}"]`), part);
      } catch (error) { if (error.name !== "AbortError") console.info("Verdict :", error.message); }
    });
    form.addEventListener("input", ask);
  }

  /* Draft kept by the server: {saved_at_words, version, autosave_url, action_url, reference, page_url}; all but the first when they change. */
  for (const form of all("form[data-autosave-url]")) {
    const said = document.querySelector("[data-autosave-status]");
    const say = (words) => { if (said && said.textContent !== words) said.textContent = words; };
    let running = false, again = false;
    const save = async () => {
      if (form.dataset.sending) return;
      if (running) { again = true; return; }
      running = true;
      try {
        const answer = await post(form.dataset.autosaveUrl, form);
        if (answer.ok) {
          const kept = await answer.json();
          if (kept.autosave_url) form.dataset.autosaveUrl = kept.autosave_url;
          if (kept.action_url) form.action = kept.action_url;
          if (kept.reference && form.elements.reference) form.elements.reference.value = kept.reference;
          if (kept.version !== undefined && form.elements.version) form.elements.version.value = kept.version;
          if (kept.page_url) history.replaceState(null, "", kept.page_url); /* reloaded, the page brings the draft back */
          say(`enregistré à ${kept.saved_at_words}${kept.reference ? `, sous la référence ${kept.reference}` : ""}`);
        } else if (answer.type === "opaqueredirect" || [400, 401, 403].includes(answer.status)) {
          say("non enregistré : votre session a expiré. Envoyez le formulaire, votre texte sera gardé.");
        } else if (answer.status === 422) {
          say(`non enregistré : ${(await answer.json()).errors?.[0]?.message ?? "une réponse est à corriger."}`);
        } else if (answer.status === 409) {
          say("non enregistré : un collègue a modifié ce brouillon. Rechargez la page pour voir sa version.");
        }
      } catch { say("non enregistré : pas de réseau. Gardez cette page ouverte."); }
      running = false;
      if (again) { again = false; save(); }
    };
    form.addEventListener("input", after(2000, save));
  }

  /* One click, one sending. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sending) { event.preventDefault(); return; }
    form.dataset.sending = "yes";
    const buttons = all("button[type=submit], button:not([type])", form);
    buttons.forEach((button) => button.setAttribute("aria-disabled", "true"));
    setTimeout(() => release(form), 8000); /* a download leaves the page where it is */
  });
  const release = (form) => {
    delete form.dataset.sending;
    all("[aria-disabled]", form).forEach((button) => button.removeAttribute("aria-disabled"));
  };
  addEventListener("pageshow", () => all("form[data-sending]").forEach(release));

  /* data-shown-when="name=value|value": hidden, not emptied; mistakes stay. */
  const settle = (form) => {
    for (const part of all("[data-shown-when]", form)) {
      const [name, values] = part.dataset.shownWhen.split("=");
      part.hidden = !part.matches(".invalid") && !all(`select[name=${name}], [name=${name}]:checked`, form)
        .some((one) => !one.closest("[hidden]") && values.split("|").includes(one.value));
    }
  };
  for (const form of new Set(all("[data-shown-when]").map((part) => part.closest("form")))) {
    if (!form) continue;
    settle(form);
    form.addEventListener("change", () => settle(form));
  }

  /* Fragments that age: data-refresh-url, data-refresh-seconds (default 60). Never under somebody's fingers. */
  for (const part of all("[data-refresh-url]")) {
    const turn = setInterval(async () => {
      if (document.hidden || part.contains(document.activeElement) || part.querySelector(":checked")) return;
      try {
        const answer = await fetch(part.dataset.refreshUrl, { redirect: "manual", headers: { Accept: "text/html" } });
        if (answer.ok) put(part, await answer.text());
        else if (answer.status !== 503) clearInterval(turn);
      } catch { /* no network: the next turn tries again */ }
    }, 1000 * (part.dataset.refreshSeconds || 60));
  }

  /* How many rows are ticked: [data-chosen] says it, [data-when-chosen] appears with the first. */
  const count = () => {
    for (const form of all("form[data-bulk]")) {
      const number = all("tbody input[type=checkbox]:checked", form).length;
      all("[data-chosen]", form).forEach((place) => { place.textContent = number === 1 ? "1 demande choisie" : `${number} demandes choisies`; });
      all("[data-when-chosen]", form).forEach((place) => { place.hidden = number === 0; });
    }
  };
  for (const button of all("[data-tick-all]")) button.addEventListener("click", () => {
    const boxes = all("tbody input[type=checkbox]", document.getElementById(button.dataset.tickAll));
    const every = boxes.every((box) => box.checked);
    boxes.forEach((box) => { box.checked = !every; });
    count();
  });
  if (document.querySelector("form[data-bulk]")) { count(); document.addEventListener("change", count); }

  /* A text to paste elsewhere: data-copy names the field; without the right to copy it is selected instead. */
  for (const button of all("[data-copy]")) button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy), said = document.querySelector("[data-copied]");
    field.select();
    let words = "Texte sélectionné : copiez-le avec Ctrl + C.";
    try { await navigator.clipboard.writeText(field.value); words = "Texte copié."; } catch { /* selected */ }
    if (said) said.textContent = words;
  });

  /* Menus, errors first. */
  for (const button of all("[data-toggle]")) button.addEventListener("click", () => {
    const open = document.getElementById(button.dataset.toggle).toggleAttribute("data-open");
    button.setAttribute("aria-expanded", String(open));
  });
  for (const menu of all("details[name=menu]")) {
    for (const way of ["click", "focusin"]) document.addEventListener(way, ({ target }) => { menu.open &&= menu.contains(target); });
    menu.addEventListener("keydown", ({ key }) => {
      if (key === "Escape" && menu.open) { menu.open = false; menu.querySelector("summary").focus(); }
    });
  }
  document.querySelector("[data-error-summary]")?.focus();
})();
