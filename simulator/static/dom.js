// Small helpers to build elements without HTML strings.

/** An element with properties and children; `data` sets data attributes, `testid` the test's handle. */
export function el(tag, { data, testid, attrs, ...properties } = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  for (const [name, value] of Object.entries(attrs || {})) node.setAttribute(name, value);
  Object.assign(node.dataset, data || {});
  if (testid) node.dataset.testid = testid;
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

/** The parts of a cloned template by their data-part. */
export function parts(root) {
  return Object.fromEntries([...root.querySelectorAll("[data-part]")].map((node) => [node.dataset.part, node]));
}

const SVG = "http://www.w3.org/2000/svg";

/** A drawn icon from a path. */
export function icon(path, name = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  if (name) svg.classList.add(name);
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}
