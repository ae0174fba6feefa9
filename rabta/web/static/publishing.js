// Writing a post: how long it is for each account that is chosen, and how it will look. Everything works without this.
const form = document.getElementById("post-form");

// As X counts: a link 23, a sign of most scripts one, any other (emoji, Chinese) two. The server has the last word.
const LIGHT = [[0, 4351], [8192, 8205], [8208, 8223], [8242, 8247]];
function weight(text) {
  const links = text.match(/(?:https?:\/\/|www\.)\S+/gi) ?? [];
  const rest = [...text.replace(/(?:https?:\/\/|www\.)\S+/gi, "")];
  const light = (sign) => LIGHT.some(([first, last]) => sign.codePointAt(0) >= first && sign.codePointAt(0) <= last);
  return links.length * 23 + rest.reduce((sum, sign) => sum + (light(sign) ? 1 : 2), 0);
}

if (form) {
  const text = form.elements.text, picture = form.elements.picture, alt = form.elements.alt_text;
  const preview = document.getElementById("preview"), shown = preview.querySelector(".ch-text"), image = preview.querySelector("img");
  const show = () => {
    const words = text.value.trim();
    for (const box of form.querySelectorAll("[data-longest]")) {
      const length = box.dataset.way === "x" ? weight(words) : [...words].length;
      const told = box.parentElement.querySelector("output");
      told.textContent = words ? `${length} / ${box.dataset.longest}` : "";
      told.classList.toggle("ch-over", length > Number(box.dataset.longest));
    }
    shown.textContent = words;
    preview.hidden = !words && image.hidden;
    image.alt = alt.value;
  };
  picture.addEventListener("change", () => {
    if (image.src) URL.revokeObjectURL(image.src);
    const [file] = picture.files;
    image.hidden = !file;
    if (file) image.src = URL.createObjectURL(file);
    show();
  });
  text.addEventListener("input", show);
  alt.addEventListener("input", show);
  show();
}
