// Light, dark or the system's choice. The server reads the cookie, so the next page is right from its first paint.
const YEAR_S = 31_536_000;
const NAMES = { light: "voxanne-light", dark: "voxanne-dark" };

function applyTheme(choice) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `theme=${choice}; Path=/; Max-Age=${YEAR_S}; SameSite=Lax${secure}`;
  if (NAMES[choice]) document.documentElement.dataset.theme = NAMES[choice];
  else delete document.documentElement.dataset.theme;
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.value === choice));
  }
  document.dispatchEvent(new CustomEvent("theme:change"));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-theme-choice]");
  if (!button) return;
  event.preventDefault();
  applyTheme(button.value);
});
