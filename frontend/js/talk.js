// A call from the browser. Vapi's client is large and is fetched when somebody starts to talk.
const box = document.getElementById("talk");
const state = document.getElementById("talk-state");
let call = null;

function show(words, isOn) {
  state.textContent = words;
  box.querySelector("[data-talk=start]").hidden = isOn;
  box.querySelector("[data-talk=stop]").hidden = !isOn;
}

async function start() {
  show("Connecting…", true);
  try {
    const { default: Vapi } = await import("@vapi-ai/web");
    call = new Vapi(box.dataset.key, undefined, { avoidEval: true });
    call.on("call-start", () => show("You are connected. Say hello.", true));
    call.on("call-end", () => show("The call has ended.", false));
    call.on("error", () => show("The call could not be kept up. Check your microphone and try again.", false));
    await call.start(box.dataset.assistant);
  } catch {
    show("The call could not be started. Allow the microphone and try again.", false);
  }
}

box?.addEventListener("click", (event) => {
  const wish = event.target.closest("[data-talk]")?.dataset.talk;
  if (wish === "start") start();
  if (wish === "stop") call?.stop();
});
