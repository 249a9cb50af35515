// While a call goes on, a reader at the end of its story stays there as words arrive; one who scrolled back is left alone.
const NEAR_PX = 200;
let follows = false;

const timeline = () => document.querySelector("[data-follow]");

document.addEventListener("htmx:before:swap", () => {
  const end = timeline()?.getBoundingClientRect().bottom;
  follows = end !== undefined && end < innerHeight + NEAR_PX;
});

document.addEventListener("htmx:after:swap", () => {
  if (follows) timeline()?.lastElementChild?.scrollIntoView({ block: "nearest", behavior: "smooth" });
});
