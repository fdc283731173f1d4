/* Relais, on the two pages that need it: without this file the code of the telephone is enough. */
"use strict";
(() => {
  /* Keys of the browser (WebAuthn): the form appears where they exist, and leaves once the key has answered. */
  const makes = { create: "parseCreationOptionsFromJSON", get: "parseRequestOptionsFromJSON" };
  for (const form of document.querySelectorAll("form[data-key]")) {
    const way = form.dataset.key, read = window.PublicKeyCredential?.[makes[way]];
    document.querySelector("[data-key-absent]")?.toggleAttribute("hidden", !!read);
    if (!read) continue;
    form.hidden = false;
    const said = form.querySelector("[data-key-said]");
    form.addEventListener("submit", async (event) => {
      if (form.elements.answer.value) return;
      event.preventDefault();
      said.textContent = "Suivez ce que demande votre navigateur.";
      try {
        const publicKey = read.call(PublicKeyCredential, JSON.parse(form.dataset.keyQuestion));
        form.elements.answer.value = JSON.stringify((await navigator.credentials[way]({ publicKey })).toJSON());
        form.requestSubmit();
      } catch (error) {
        said.textContent = error.name === "InvalidStateError" ? "Cette clé est déjà enregistrée." : "La clé n’a pas répondu : recommencez.";
      }
    });
    addEventListener("pageshow", () => { form.elements.answer.value = ""; });
  }
})();
