// Sends the form on by itself. Without this script the button does it.
document.querySelector("form[data-submit]")?.submit();
