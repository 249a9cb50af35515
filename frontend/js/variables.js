// A click on [data-insert] writes its text where one was writing last, in the same form.
let last = null;

document.addEventListener("focusin", (event) => {
  if (event.target.matches?.("textarea, input:not([type]), input[type=text]")) last = event.target;
});

document.addEventListener("click", (event) => {
  const chip = event.target.closest?.("[data-insert]");
  const field = last?.isConnected && last.form === chip?.form ? last : chip?.form?.querySelector("textarea");
  if (!chip || !field) return;
  field.setRangeText(chip.dataset.insert, field.selectionStart, field.selectionEnd, "end");
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
