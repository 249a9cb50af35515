// Files are dropped on (or chosen in) the form, and sent two at a time, each with its own line: how much of it has
// gone, then what the server says. Without script the same form is an ordinary one.
import { showToast } from "./toasts.js";

const AT_ONCE = 2;
const form = document.getElementById("upload");
const list = document.getElementById("uploads");
const template = document.getElementById("upload-line");
const waiting = [];
let running = 0;

function lineFor(file) {
  const line = template.content.firstElementChild.cloneNode(true);
  line.querySelector(".upload-name").textContent = file.name;
  line.querySelector("progress").setAttribute("aria-label", file.name);
  list.prepend(line);
  list.hidden = false;
  return line;
}

function say(line, state, words, href) {
  const said = line.querySelector(".upload-said");
  line.dataset.state = state;
  said.textContent = words;
  if (!href) return;
  const link = document.createElement("a");
  link.className = "link";
  link.href = href;
  link.textContent = "Open it";
  said.append(" ", link);
}

function answerOf(request) {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return {};
  }
}

// What is wrong with the file itself says more than that something is wrong with the form.
function reasonOf({ fields, error }) {
  return fields?.file?.[0] ?? error ?? "The server could not take this file. Try again.";
}

function pageOf(id) {
  return id ? `${form.dataset.page}/${encodeURIComponent(id)}` : "";
}

function finished(line, request) {
  const answer = answerOf(request);
  if (request.status === 201) say(line, "done", "Uploaded. It is being read.", pageOf(answer.id));
  else if (request.status === 413) say(line, "failed", "This file is too large.");
  else if (request.status === 0) say(line, "failed", "No connection to the server. Try again.");
  else say(line, "failed", reasonOf(answer), pageOf(answer.document_id));
  document.body.dispatchEvent(new CustomEvent("documents-changed"));
}

function send(file, line) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    const bar = line.querySelector("progress");
    body.append("file", file);
    request.open("POST", form.dataset.to);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", form.elements.csrfmiddlewaretoken.value);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total;
    });
    request.addEventListener("loadend", () => {
      finished(line, request);
      resolve();
    });
    say(line, "going", "Uploading");
    request.send(body);
  });
}

async function work() {
  if (running >= AT_ONCE) return;
  const next = waiting.shift();
  if (!next) return;
  running += 1;
  await send(...next);
  running -= 1;
  work();
}

function take(files) {
  const most = Number(form.dataset.mostBytes);
  for (const file of files) {
    const line = lineFor(file);
    if (file.size > most) {
      say(line, "failed", `This file is larger than ${Math.floor(most / 1024 / 1024)} MB.`);
      continue;
    }
    say(line, "waiting", "Waiting");
    waiting.push([file, line]);
    work();
  }
}

function carriesFiles(event) {
  return event.dataTransfer?.types.includes("Files");
}

// A file that misses the form must not replace the page.
for (const name of ["dragover", "drop"]) {
  document.addEventListener(name, (event) => carriesFiles(event) && event.preventDefault());
}
form.addEventListener("dragover", () => form.setAttribute("data-over", ""));
form.addEventListener("dragleave", (event) => {
  if (!form.contains(event.relatedTarget)) form.removeAttribute("data-over");
});
form.addEventListener("drop", (event) => {
  form.removeAttribute("data-over");
  if (!carriesFiles(event)) return;
  const files = [...event.dataTransfer.files];
  if (files.length) take(files);
  else showToast("error", "Folders cannot be uploaded. Drop the files in it.");
});
form.elements.files.addEventListener("change", (event) => {
  take([...event.target.files]);
  event.target.value = "";
});
addEventListener("beforeunload", (event) => {
  if (running) event.preventDefault();
});
