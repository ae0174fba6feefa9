// Buttons for passkeys, wired to allauth's scripts. A browser without passkeys shows the other ways only.
const forms = document.querySelectorAll("form[data-passkey]");

function wire(form) {
  const kind = form.dataset.passkey;
  const ids = {
    credential: form.querySelector('input[name="credential"]').id,
    [kind]: form.querySelector("button.btn").id,
    data: "passkey-data",
  };
  const alone = form.querySelector('input[name="passwordless"]');
  if (alone) ids.passwordless = alone.id;
  window.allauth.webauthn.forms[`${kind}Form`]({ ids });
  form.hidden = false;
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  for (const trouble of document.querySelectorAll("[data-passkey-trouble]")) trouble.hidden = false;
});

if (window.PublicKeyCredential && window.allauth?.webauthn) forms.forEach(wire);
else for (const words of document.querySelectorAll("[data-no-passkeys]")) words.hidden = false;
