// Fields with data-count say how many of their characters are left, once that matters or once they are written in.
// What is said once stays: were it to go as the field is left, the button below would move away under the click.
const NEAR = 0.8;

function say(field) {
  const most = Number(field.dataset.count);
  const left = most - field.value.length;
  let note = field.nextElementSibling;
  if (!note?.matches(".field-count")) {
    note = document.createElement("p");
    note.className = "field-count";
    note.hidden = true;
    field.after(note);
  }
  note.textContent = `${field.value.length.toLocaleString()} of ${most.toLocaleString()} characters`;
  if (document.activeElement === field || field.value.length >= most * NEAR) note.hidden = false;
  note.toggleAttribute("data-full", left <= 0);
}

function fieldOf(event) {
  return event.target.matches?.("[data-count]") ? event.target : null;
}

for (const kind of ["input", "focusin"]) {
  document.addEventListener(kind, (event) => {
    const field = fieldOf(event);
    if (field) queueMicrotask(() => say(field));
  });
}
