/* Relais, where one writes on a request: a model's text is inserted where the cursor stands. Without this file the form comes back with it. */
"use strict";
(() => {
  for (const button of document.querySelectorAll("button[data-insert]")) button.addEventListener("click", async (event) => {
    const { form } = button, field = form.elements[button.value], chosen = form.elements.answer_model.value;
    event.preventDefault();
    if (!chosen) { form.elements.answer_model.focus(); return; }
    try {
      const answer = await fetch(button.dataset.insert + chosen, { redirect: "manual", headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      const { text } = await answer.json();
      const before = field.value.slice(0, field.selectionStart).trimEnd();
      field.setRangeText((before ? "\n\n" : "") + text, before.length, field.selectionEnd, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
      button.nextElementSibling.textContent = "Texte inséré : complétez-le avant d’envoyer.";
    } catch { button.nextElementSibling.textContent = "Le texte n’a pas pu être lu. Réessayez dans un instant."; }
  });
})();
