/* Small comforts. Every page works without this file. */
(() => {
  "use strict";

  // A form is sent once: a double click must not file twice. (The server holds this too.)
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.matches("form[method=post]")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    const question = event.submitter?.dataset.confirm || form.dataset.confirm;
    if (question && !form.dataset.confirmed) {
      event.preventDefault();
      ask(question, event.submitter, () => { form.dataset.confirmed = "1"; form.requestSubmit(event.submitter); });
      return;
    }
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-disabled", "true");
  });

  // Coming back with the browser's back button shows the old page: its forms may be sent again.
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("form");
    if (form) release(form);
  });

  function release(form) {
    delete form.dataset.sent;
    delete form.dataset.confirmed;
    form.querySelectorAll("[aria-disabled=true]").forEach((button) => button.removeAttribute("aria-disabled"));
  }

  // data-confirm="sentence" on a button or form asks in a dialog first; without scripts the form is simply sent.
  function ask(question, submitter, go) {
    const dialog = document.createElement("dialog");
    const text = document.createElement("p");
    const row = document.createElement("div");
    text.textContent = question;
    text.id = "confirm-question";
    dialog.setAttribute("aria-labelledby", text.id);
    row.className = "button-row";
    const yes = document.createElement("button");
    yes.className = submitter?.className || "button";
    yes.textContent = submitter?.textContent.trim() || "OK";
    const no = document.createElement("button");
    no.className = "button button-quiet";
    no.textContent = document.documentElement.lang.startsWith("zh") ? "取消" : "Cancel";
    yes.addEventListener("click", () => { dialog.close(); go(); });
    no.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => { dialog.remove(); submitter?.focus(); });
    row.append(yes, no);
    dialog.append(text, row);
    document.body.append(dialog);
    dialog.showModal();
    no.focus();
  }

  // Menus close when one clicks elsewhere or presses Escape.
  const menus = () => document.querySelectorAll("details[data-menu][open]");
  document.addEventListener("click", (event) => menus().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menus().forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
  });

  // <input data-rows="table-id"> hides the rows that do not contain what is typed.
  document.addEventListener("input", (event) => {
    const table = event.target.dataset?.rows && document.getElementById(event.target.dataset.rows);
    if (!table) return;
    const sought = event.target.value.trim().toLowerCase();
    table.querySelectorAll("tbody tr").forEach((row) => { row.hidden = !row.textContent.toLowerCase().includes(sought); });
  });
  document.querySelectorAll("[data-needs-scripts]").forEach((part) => { part.hidden = false; });

  // On a phone the filters of a list stand folded, unless some are in use.
  if (window.matchMedia("(max-width: 40rem)").matches && !location.search) {
    document.querySelectorAll("details[data-fold]").forEach((fold) => { fold.open = false; });
  }

  // Only frames that really scroll need to be reached by keyboard.
  const frames = document.querySelectorAll(".table-frame, .chart-frame");
  const reach = () => frames.forEach((frame) => {
    if (frame.scrollWidth > frame.clientWidth + 1 || frame.scrollHeight > frame.clientHeight + 1) frame.tabIndex = 0;
    else frame.removeAttribute("tabindex");
  });
  window.addEventListener("load", reach);
  window.addEventListener("resize", reach);

  // The summary of errors is read first.
  document.querySelector("[data-focus]")?.focus();
})();
