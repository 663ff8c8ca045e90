// A link to something that is folded away unfolds it: a deadline with how it was counted.
function reveal() {
  const one = document.getElementById(location.hash.slice(1));
  if (one && one.matches("details")) one.open = true;
}

addEventListener("hashchange", reveal);
// The same address once more, after it was folded again.
addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (link && link.hash === location.hash) reveal();
});
reveal();
