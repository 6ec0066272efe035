// How scripts speak to the server: with the proof of the form, and once more with a fresh one where it has grown old.

const MOST_ALIVE = 60_000; // a browser keeps 64 KiB on their way after their page is left, no more

/** POST the body; rejects where there was no answer. A redirect (to the sign-in page) is an answer that is not ok. */
export async function post(address, body, { headers = {}, signal } = {}) {
  const send = () =>
    fetch(address, {
      method: "POST",
      body,
      credentials: "same-origin",
      keepalive: body instanceof URLSearchParams && String(body).length < MOST_ALIVE,
      redirect: "manual",
      headers: { "X-CSRFToken": proof()?.content ?? "", "X-Requested-With": "fetch", "HX-Current-URL": location.href, ...headers },
      signal,
    });
  const answer = await send();
  return answer.status === 403 && (await freshToken()) ? send() : answer;
}

/** The proof changes when one signs in anew, perhaps in another tab: true when there is one to try, of the same person. */
export async function freshToken() {
  try {
    // Not the page's own address: a form that came back stands at one that only takes what is posted.
    const answer = await fetch(`/${document.documentElement.lang}/conversations/`, { headers: { Accept: "text/html" }, credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html"); // inert: nothing in it runs
    const token = page.querySelector("meta[name=csrf-token]")?.content;
    if (!answer.ok || !token || page.body.dataset.user !== document.body.dataset.user) return false;
    proof().content = token;
    return true;
  } catch {
    return false;
  }
}

function proof() {
  return document.querySelector("meta[name=csrf-token]");
}
