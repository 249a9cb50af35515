// <a href="/the/page" data-dialog="id"> opens <dialog id="id">; without script it goes to the page.
// An HX-Trigger header with "dialog:close" closes what is open.
document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-dialog]");
  if (opener && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (!dialog) return;
    event.preventDefault();
    dialog.showModal();
    return;
  }
  const closer = event.target.closest?.("[data-dialog-close]");
  if (closer) {
    event.preventDefault();
    closer.closest("dialog")?.close();
  } else if (event.target.matches?.("dialog[open]")) {
    event.target.close();
  }
});

document.addEventListener("dialog:close", () => {
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
});
