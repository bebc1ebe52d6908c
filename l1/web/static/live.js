// Live pages without htmx (its server may be out of reach): replace the part that changes.
document.addEventListener("DOMContentLoaded", () => {
  if (window.htmx) return;
  for (const part of document.querySelectorAll("[data-live]")) {
    const source = new EventSource(part.dataset.live);
    source.onmessage = (message) => { part.innerHTML = message.data; };
    source.addEventListener("end", () => source.close());
  }
});
