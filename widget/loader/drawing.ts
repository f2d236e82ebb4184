/** Elements of the button and the window, styled through the DOM: a strict policy is no obstacle. */

export type Style = Record<string, string>;

const SVG = "http://www.w3.org/2000/svg";
const BUBBLE =
  "M5 4h14a3 3 0 0 1 3 3v8a3 3 0 0 1-3 3h-6l-5 4v-4H5a3 3 0 0 1-3-3V7a3 3 0 0 1 3-3zM8 11h.01M12 11h.01M16 11h.01";

export function dress(element: HTMLElement | SVGElement, style: Style, priority = ""): void {
  for (const [name, value] of Object.entries(style)) element.style.setProperty(name, value, priority);
}

export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  style: Style,
  text = "",
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  element.textContent = text;
  dress(element, style);
  return element;
}

/** The speech bubble on the button. */
export function bubble(): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", BUBBLE);
  svg.append(path);
  dress(svg, {
    width: "32px", height: "32px", flex: "none", fill: "none", stroke: "#fff", "stroke-width": "2",
    "stroke-linecap": "round", "stroke-linejoin": "round", "pointer-events": "none",
  });
  return svg;
}
