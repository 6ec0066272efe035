// One press, one post. While a form is on its way its button waits; when the way is cut the words stay, and "Retry" sends
// the same client_id again, which the server answers with the first post.

export function connect(form) {
  const stop = new AbortController();
  const { signal } = stop;
  const id = form.elements.namedItem("client_id");
  const failure = form.querySelector("[data-send-failed]");
  let sending = false;
  let timer = 0;

  if (id && !id.value) id.value = crypto.randomUUID();

  form.addEventListener(
    "submit",
    (event) => {
      if (sending) {
        event.preventDefault();
        event.stopImmediatePropagation();
        return;
      }
      // htmx says itself when it sends. Elsewhere a dialog that asks, or a check of files, may still say no in this event.
      if (!form.matches("[hx-post], [data-hx-post]")) setTimeout(() => event.defaultPrevented || begin());
    },
    { signal, capture: true },
  );

  function begin() {
    sending = true;
    form.setAttribute("aria-busy", "true");
    form.classList.add("is-sending");
    if (failure) failure.hidden = true;
    // After the browser has read the form: a disabled button would not send its own name.
    setTimeout(() =>
      buttons().forEach((button) => {
        button.disabled = true;
      }),
    );
    clearTimeout(timer);
    timer = setTimeout(failed, 30_000);
  }

  function end() {
    clearTimeout(timer);
    sending = false;
    form.removeAttribute("aria-busy");
    form.classList.remove("is-sending");
    buttons().forEach((button) => {
      button.disabled = false;
    });
  }

  function failed() {
    end();
    form.classList.add("is-failed");
    if (failure) failure.hidden = false;
  }

  function sent() {
    end();
    form.classList.remove("is-failed");
    // The next words are another post.
    if (id) id.value = crypto.randomUUID();
    form.dispatchEvent(new CustomEvent("multaqa:sent", { bubbles: true }));
  }

  function buttons() {
    return [...form.elements].filter((element) => element.type === "submit");
  }

  form.querySelector("[data-retry]")?.addEventListener(
    "click",
    (event) => {
      event.preventDefault();
      form.requestSubmit();
    },
    { signal },
  );

  const mine = (event) => event.target === form || event.detail?.elt === form;
  form.addEventListener("htmx:beforeRequest", (event) => mine(event) && begin(), { signal });
  form.addEventListener(
    "htmx:afterRequest",
    (event) => {
      if (!mine(event)) return;
      if (event.detail.successful) sent();
      else if (!event.detail.xhr?.status || event.detail.xhr.status >= 500) failed();
      else end(); // 403 and 422 bring their own sentence with the form
    },
    { signal },
  );
  form.addEventListener("htmx:sendError", failed, { signal });
  form.addEventListener("htmx:timeout", failed, { signal });
  // Back from the next page: the browser shows this one as it was left, button waiting.
  addEventListener(
    "pageshow",
    (event) => {
      if (!event.persisted) return;
      end();
      // The same words again are the same post; other words are another.
      form.addEventListener("input", () => id && (id.value = crypto.randomUUID()), { signal, once: true });
    },
    { signal },
  );

  return () => {
    stop.abort();
    clearTimeout(timer);
  };
}
