import { correction, generate } from "lean-qr/nano";
import words from "../words";

/** Blank modules around the code, which readers need. */
const QUIET = 3;

/** An address as a QR code; always dark on white, as cameras want it. */
export default function Qr({ url }: { url: string }) {
  const code = generate(url, { minCorrectionLevel: correction.M });
  let path = "";
  for (let y = 0; y < code.size; y += 1) {
    for (let x = 0; x < code.size; x += 1) if (code.get(x, y)) path += `M${x} ${y}h1v1h-1z`;
  }
  const side = code.size + QUIET * 2;
  return (
    <svg className="qr" viewBox={`${-QUIET} ${-QUIET} ${side} ${side}`} role="img" aria-label={words.tools.link} data-url={url}>
      <rect x={-QUIET} y={-QUIET} width={side} height={side} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
