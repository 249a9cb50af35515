import "../css/app.css";
import "../images/mark.svg";
import "htmx.org";
import "./requests.js";
import "./theme.js";
import "./toasts.js";
import "./dialogs.js";
import "./menus.js";
import "./keyboard.js";
import "./forms.js";
import "./counts.js";
import "./segments.js";
import "./variables.js";
import "./guard.js";
import "./guesses.js";
import "./times.js";
import "./live.js";
import "./charts.js";
import "./story.js";

// A call that is open is listened to, also once its recording arrives.
if (document.getElementById("story")) import("./listen.js");
// Only the diary is dragged in.
if (document.getElementById("agenda")) import("./drag.js");
// Files are dropped on the page of the knowledge base alone.
if (document.getElementById("upload")) import("./upload.js");
// Lines of the clinic are brought to their agent here.
if (document.querySelector("[data-address], [data-copy], [data-rings]")) import("./lines.js");
