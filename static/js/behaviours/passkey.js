// Makes or uses a passkey before its form is sent. Options come with the page (data-options names their script element)
// or are asked of the form's own address; the answer travels in the hidden field `credential`.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const keys = (list = []) => list.map((key) => ({ ...key, id: bytes(key.id) }));

export function connect(form) {
  const error = form.querySelector("[data-passkey-error]");
  if (!window.PublicKeyCredential) {
    if (form.dataset.unsupported) tell(form.dataset.unsupported);
    return undefined;
  }
  form.hidden = false;

  function tell(sentence) {
    error.textContent = sentence;
    error.hidden = false;
  }

  async function submit(event) {
    const field = form.elements.namedItem("credential");
    event.preventDefault();
    error.hidden = true;
    try {
      field.value = JSON.stringify(form.dataset.passkey === "create" ? await made(form) : await used(form));
    } catch (failure) {
      console.warn(failure);
      tell(form.dataset.failed);
      return;
    }
    form.submit();
  }

  form.addEventListener("submit", submit);
  return () => form.removeEventListener("submit", submit);
}

async function options(form) {
  if (form.dataset.options) return JSON.parse(document.getElementById(form.dataset.options).textContent);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`options: ${answer.status}`);
  return answer.json();
}

async function made(form) {
  const { publicKey } = (await options(form)).creation_options;
  const chosen = { ...publicKey.authenticatorSelection };
  if (form.elements.namedItem("passwordless")?.checked) {
    Object.assign(chosen, { residentKey: "required", requireResidentKey: true, userVerification: "required" });
  } else if (form.elements.namedItem("passwordless")) {
    Object.assign(chosen, { residentKey: "discouraged", requireResidentKey: false });
  }
  const key = await navigator.credentials.create({
    publicKey: {
      ...publicKey,
      authenticatorSelection: chosen,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: keys(publicKey.excludeCredentials),
    },
  });
  return {
    ...named(key),
    response: {
      clientDataJSON: text(key.response.clientDataJSON),
      attestationObject: text(key.response.attestationObject),
      transports: key.response.getTransports?.() ?? [],
    },
  };
}

async function used(form) {
  const { publicKey } = (await options(form)).request_options;
  const key = await navigator.credentials.get({
    publicKey: { ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials: keys(publicKey.allowCredentials) },
  });
  return {
    ...named(key),
    response: {
      clientDataJSON: text(key.response.clientDataJSON),
      authenticatorData: text(key.response.authenticatorData),
      signature: text(key.response.signature),
      userHandle: key.response.userHandle ? text(key.response.userHandle) : null,
    },
  };
}

function named(key) {
  return {
    type: key.type,
    id: key.id,
    rawId: text(key.rawId),
    authenticatorAttachment: key.authenticatorAttachment ?? null,
    clientExtensionResults: key.getClientExtensionResults(),
  };
}
