// Fields with data-count say how many of their characters are left, once that matters or while they are written in.
const NEAR = 0.8;

function say(field) {
  const most = Number(field.dataset.count);
  const left = most - field.value.length;
  let note = field.nextElementSibling;
  if (!note?.matches(".field-count")) {
    note = document.createElement("p");
    note.className = "field-count";
    field.after(note);
  }
  note.textContent = `${field.value.length.toLocaleString()} of ${most.toLocaleString()} characters`;
  note.hidden = document.activeElement !== field && field.value.length < most * NEAR;
  note.toggleAttribute("data-full", left <= 0);
}

function fieldOf(event) {
  return event.target.matches?.("[data-count]") ? event.target : null;
}

for (const kind of ["input", "focusin", "focusout"]) {
  document.addEventListener(kind, (event) => {
    const field = fieldOf(event);
    if (field) queueMicrotask(() => say(field));
  });
}
