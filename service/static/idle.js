/* Relais, where somebody is logged in: without this file a session locks without a warning, and what was typed is kept. */
"use strict";
(() => {
  const dialog = document.querySelector("dialog[data-session]"), form = dialog?.querySelector("form");
  if (!form) return;
  let { seconds, warned } = JSON.parse(dialog.dataset.session), timer;
  const wait = (delay, act) => { clearTimeout(timer); timer = setTimeout(act, 1000 * Math.max(delay, 0)); };
  /* The server knows: another tab, or a draft that kept itself, may have been active. Nobody asks: it is no click. */
  const ask = async (how = {}) => {
    const answer = await fetch(form.action, { redirect: "manual", headers: { Accept: "application/json" }, ...how });
    if (answer.ok) ({ seconds, warned } = await answer.json());
    else if (answer.status === 401) seconds = 0;
    else throw new Error(answer.status);
  };
  const say = (state) => {
    dialog.dataset.state = state;
    for (const part of dialog.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== state;
    if (!dialog.open) dialog.showModal();
  };
  const look = async () => {
    try { await ask(); } catch { wait(warned / 2, look); return; }
    if (seconds <= 0) { say("locked"); return; }
    if (seconds <= warned) say("soon");
    wait(seconds <= warned ? seconds + 1 : seconds - warned, look);
  };
  form.addEventListener("submit", (event) => { event.preventDefault(); dialog.close(); });
  /* The button, Enter, Space or Escape: any of them goes on. */
  dialog.addEventListener("close", async () => {
    if (dialog.dataset.state !== "soon") return;
    try { await ask({ method: "POST", body: new URLSearchParams(new FormData(form)) }); } catch { /* looked at again */ }
    wait(seconds <= warned ? seconds + 1 : seconds - warned, look);
  });
  wait(seconds - warned, look);
})();
