// Ctrl+Enter signs off; not while a word of an input method is being confirmed.
document.addEventListener("keydown", (event) => {
  const form = document.querySelector("form[data-ctrl-enter]");
  if (!form || event.key !== "Enter" || !event.ctrlKey || event.isComposing || event.target.form || event.defaultPrevented) return;
  form.requestSubmit();
});
