// The phone page of an instruction: where the telephone is when a photo is chosen goes with it, if its owner allows that.
for (const form of document.querySelectorAll("form[data-place]")) {
  form.querySelector('input[type="file"]')?.addEventListener("change", () => {
    navigator.geolocation?.getCurrentPosition(({ coords }) => {
      form.elements.lat.value = coords.latitude;
      form.elements.lng.value = coords.longitude;
    }, () => {}, { timeout: 10_000, maximumAge: 60_000 });
  });
}
