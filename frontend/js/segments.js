// Fields with data-segments say as how many texts their words count, once it is more than one: emoji and letters that
// the basic alphabet of texts lacks leave less room. Counted as telephony/messaging/segments.py does.
const BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿" +
    "abcdefghijklmnopqrstuvwxyzäöñüà",
);
const EXTENDED = new Set("^{}\\[~]|€\f");

function countSegments(text) {
  const letters = [...text];
  const plain = letters.every((letter) => BASIC.has(letter) || EXTENDED.has(letter));
  const units = letters.map((letter) => (plain ? (EXTENDED.has(letter) ? 2 : 1) : letter.length));
  const [alone, joined] = plain ? [160, 153] : [70, 67];
  if (units.reduce((sum, unit) => sum + unit, 0) <= alone) return 1;
  let parts = 1;
  let room = joined;
  for (const unit of units) {
    if (unit > room) {
      parts += 1;
      room = joined;
    }
    room -= unit;
  }
  return parts;
}

document.addEventListener("input", (event) => {
  const field = event.target;
  if (!field.matches?.("[data-segments]")) return;
  let note = field.parentElement.querySelector(".segment-count");
  if (!note) {
    note = document.createElement("p");
    note.className = "field-count segment-count";
    note.setAttribute("role", "status");
    field.parentElement.append(note);
  }
  const parts = countSegments(field.value);
  note.textContent = parts > 1 ? `Counts as ${parts} texts` : "";
  note.hidden = parts < 2;
});
