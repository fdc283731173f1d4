/*
  Relais, where one writes on a request: nothing written is lost unseen. Sending one form would lose what is written in another, a file
  that is too large all that was written beside it.
*/
"use strict";
for (const input of document.querySelectorAll("input[data-most]")) input.addEventListener("change", () => {
  input.setCustomValidity([...input.files].some((file) => file.size > input.dataset.most) ? input.dataset.tooLarge : "");
  input.reportValidity();
});
document.addEventListener("submit", (event) => {
  if (event.target.closest("dialog")) return;
  const heavy = event.target.querySelector("input[data-most]:invalid");
  if (heavy) { event.preventDefault(); heavy.reportValidity(); return; }
  const left = [...document.querySelectorAll("main textarea")]
    .find((text) => text.form !== event.target && text.value.trim() && (text.value !== text.defaultValue || text.matches("[aria-invalid]")));
  const name = left?.labels[0].firstChild.textContent.trim();
  if (left && !confirm(`« ${name} » n’est pas envoyé : ce que vous y avez écrit serait perdu. Continuer quand même ?`)) {
    event.preventDefault();
    left.focus();
  }
}, true);
