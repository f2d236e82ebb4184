/** The page that shows this one in a frame, if there is one. */

import { MESSAGES } from "../loader/messages";

const embedded = window.parent !== window && /[?&]embedded=1(&|$)/.test(location.search);

// The messages tell nothing but a wish of the frame's, so any parent may hear them.
const tell = (type: string): void => {
  if (embedded) window.parent.postMessage({ type }, "*");
};

export const host = {
  embedded,
  ready: (): void => tell(MESSAGES.ready),
  close: (): void => tell(MESSAGES.close),
  resize: (large: boolean): void => tell(large ? MESSAGES.large : MESSAGES.usual),
};
