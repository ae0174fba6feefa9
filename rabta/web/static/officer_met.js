// The officer's own position, when it happened here.
const form = document.querySelector("form[data-no-place]");
const said = document.getElementById("place-said");

function taken({ coords }) {
  form.elements.lat.value = coords.latitude.toFixed(6);
  form.elements.lng.value = coords.longitude.toFixed(6);
  said.textContent = form.dataset.placeTaken;
}

if (form && navigator.geolocation) {
  document.getElementById("where").hidden = false;
  document.getElementById("here").addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(taken, () => { said.textContent = form.dataset.noPlace; }, { timeout: 10000, maximumAge: 60000 });
  });
}
