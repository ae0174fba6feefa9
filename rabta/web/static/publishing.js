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
  const preview = document.getElementById("preview"), shown = preview.querySelector(".ch-text"), image = preview.querySelector("img"), film = preview.querySelector("video");
  const show = () => {
    const words = text.value.trim();
    for (const box of form.querySelectorAll("[data-longest]")) {
      const length = box.dataset.way === "x" ? weight(words) : [...words].length;
      const told = box.parentElement.querySelector("output");
      told.textContent = words ? `${length} / ${box.dataset.longest}` : "";
      told.classList.toggle("ch-over", length > Number(box.dataset.longest));
    }
    shown.textContent = words;
    preview.hidden = !words && image.hidden && film.hidden;
    image.alt = alt.value;
  };
  picture.addEventListener("change", () => {
    const [file] = picture.files;
    const moves = file?.type.startsWith("video/");
    for (const [shown, wanted] of [[image, file && !moves], [film, moves]]) {
      if (shown.src) URL.revokeObjectURL(shown.src);
      shown.hidden = !wanted;
      if (wanted) shown.src = URL.createObjectURL(file);
      else shown.removeAttribute("src");
    }
    // What a film shows is said in its text: no provider takes other words for it.
    alt.closest(".field").hidden = moves;
    show();
  });
  text.addEventListener("input", show);
  alt.addEventListener("input", show);
  show();
}
