/** What the page in the frame may ask of the page around it. */
export const MESSAGES = {
  close: "yibao:close",
  large: "yibao:large",
  usual: "yibao:usual",
} as const;
