/** The operator's colour, made readable: white on it, and it on white and on black. */

type Rgb = [number, number, number];

const READABLE = 4.6;
/** Dark schemes are read in the dark, by eyes that then see less. */
const READABLE_DARK = 7;
const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
/** The cards' background in the dark scheme. */
const DARK: Rgb = [32, 38, 42];

function parse(colour: string): Rgb | null {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(colour.trim());
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour.trim());
  if (long) return [1, 2, 3].map((i) => parseInt(long[i]!, 16)) as Rgb;
  return short ? ([1, 2, 3].map((i) => parseInt(short[i]! + short[i]!, 16)) as Rgb) : null;
}

function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((value) => {
    const part = value / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Contrast of two colours, 1 to 21, as WCAG counts it. */
function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Move a colour towards another until it is readable on a background. */
function readable(colour: Rgb, on: Rgb, towards: Rgb, least = READABLE): string {
  let mixed = colour;
  for (let step = 1; contrast(mixed, on) < least && step <= 20; step += 1) {
    mixed = colour.map((value, i) => Math.round(value + ((towards[i]! - value) * step) / 20)) as Rgb;
  }
  return `rgb(${mixed.join(", ")})`;
}

/** Use a colour like #0b6e63 as the page's own; anything else is ignored. */
export function applyColour(colour: string | undefined): void {
  const rgb = parse(colour ?? "");
  if (!rgb) return;
  const style = document.documentElement.style;
  style.setProperty("--brand-fill", readable(rgb, WHITE, BLACK));
  style.setProperty("--brand-light-scheme", readable(rgb, [238, 244, 242], BLACK));
  style.setProperty("--brand-dark-scheme", readable(rgb, DARK, WHITE, READABLE_DARK));
}
