// A form with data-guard asks before its changes are left behind.
const touched = new Set();

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.dataset.guard) touched.add(form);
});

document.addEventListener("submit", (event) => {
  if (!event.submitter?.matches("[hx-post]")) touched.delete(event.target);
});

addEventListener("beforeunload", (event) => {
  if ([...touched].some((form) => form.isConnected)) event.preventDefault();
});
