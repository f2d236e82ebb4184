/** What the page in the frame may tell the page around it. */
export const MESSAGES = {
  ready: "yibao:ready",
  close: "yibao:close",
  large: "yibao:large",
  usual: "yibao:usual",
} as const;
