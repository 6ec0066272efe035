// The page for when the line is away stands where the wanted one would: when the line is back, it makes room for it.
const EVERY = 5_000;

async function again() {
  try {
    const answer = await fetch("/healthz", { cache: "no-store" });
    if (answer.ok) location.reload();
  } catch {
    // Not yet.
  }
}

// Under its own address there is nothing that it stands in for.
if (!location.pathname.endsWith("/offline/")) {
  addEventListener("online", again);
  setInterval(() => !document.hidden && again(), EVERY);
}
