/* Relais, where several forms stand on one page: sending one would lose what is written in another, such as a note while a message is sent. */
"use strict";
document.addEventListener("submit", (event) => {
  if (event.target.closest("dialog")) return;
  const left = [...document.querySelectorAll("main textarea")]
    .find((text) => text.form !== event.target && text.value.trim() && (text.value !== text.defaultValue || text.matches("[aria-invalid]")));
  const name = left?.labels[0].firstChild.textContent.trim();
  if (left && !confirm(`« ${name} » n’est pas envoyé : ce que vous y avez écrit serait perdu. Continuer quand même ?`)) {
    event.preventDefault();
    left.focus();
  }
}, true);
