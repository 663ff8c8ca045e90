// What is typed into <form data-draft="answer" data-ticket="…"> is on the server three seconds later, and at once when
// the page goes away. The form's [data-draft-status] says so.
const EVERY = 3000;
const LEAVING = 60000; // Bytes that a browser still sends for a page that is gone.
const typedIn = new Set();

function typed(form) {
  return new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
}

async function save(form, keepalive = false) {
  typedIn.delete(form);
  const body = typed(form);
  const status = form.querySelector("[data-draft-status]");
  try {
    const answer = await fetch(`/drafts/${form.dataset.ticket || "new"}/${form.dataset.draft}`, {
      method: "POST",
      body,
      keepalive: keepalive && String(body).length < LEAVING,
    });
    if (!answer.ok) throw new Error(String(answer.status));
    if (status) status.textContent = await answer.text();
  } catch {
    if (!form.submitted) typedIn.add(form);
    if (status) status.textContent = status.dataset.unsaved || "";
  }
}

export function saveNow(form) {
  return form && form.dataset.draft ? save(form) : undefined;
}

function saveAll(keepalive) {
  for (const form of [...typedIn]) form.isConnected ? save(form, keepalive) : typedIn.delete(form);
}

document.addEventListener("input", ({ target }) => {
  const form = target.form;
  if (!form || !form.dataset.draft) return;
  form.submitted = false;
  typedIn.add(form);
});
// What is submitted is the ledger's: saved once more when the page goes, it would come back as a draft.
document.addEventListener("submit", ({ target }) => {
  target.submitted = true;
  typedIn.delete(target);
});
document.addEventListener("visibilitychange", () => document.hidden && saveAll(true));
addEventListener("pagehide", () => saveAll(true));
setInterval(saveAll, EVERY);
