/** How the page looks for this person; remembered on the device. */

import { useCallback, useLayoutEffect, useState } from "react";
import { load, save } from "./storage";

/** Text sizes of the elder view, in CSS pixels at the browser's usual setting. */
export const SIZES = [21, 24, 27, 30];

export interface View {
  elder: boolean;
  size: number;
  autoSpeak: boolean;
}

const USUAL: View = { elder: false, size: SIZES[0]!, autoSpeak: false };

function show({ elder, size }: View): void {
  const root = document.documentElement;
  root.dataset.view = elder ? "elder" : "standard";
  root.dataset.size = String(size);
}

/** Put the remembered view on the page before its first paint. */
export function showView(): void {
  show({ ...USUAL, ...load<Partial<View>>("view", {}) });
}

export function useView(): [View, (change: Partial<View>) => void] {
  const [view, setView] = useState<View>(() => ({ ...USUAL, ...load<Partial<View>>("view", {}) }));
  useLayoutEffect(() => {
    show(view);
    save("view", view);
  }, [view]);
  const change = useCallback((part: Partial<View>) => setView((old) => ({ ...old, ...part })), []);
  return [view, change];
}
