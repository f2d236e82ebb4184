/** Line icons on a 24-unit square; the words beside them say what they mean. */

const PATHS = {
  bot: "M12 3v3M6 6h12a3 3 0 0 1 3 3v7a3 3 0 0 1-3 3h-5l-4 3v-3H6a3 3 0 0 1-3-3V9a3 3 0 0 1 3-3zM8.5 12v.5M15.5 12v.5M9 15.5c2 1.2 4 1.2 6 0",
  close: "M6 6l12 12M18 6L6 18",
  copy: "M9 9h10v11H9zM5 15V4h10",
  down: "M17 3h3v10h-3M17 13l-4 8c-1.700 0-2.500-1-2.500-2.500V15H5.500A2 2 0 0 1 3.600 12.500l1.800-8A2 2 0 0 1 7.300 3H17",
  elder: "M3 19L8.500 5 14 19M5 14.500h7M15 19l3-8 3 8M16 16.500h4",
  fold: "M6 9.500l6 6 6-6",
  latest: "M12 5v13M6 12.500l6 6 6-6",
  menu: "M4 7h16M4 12h16M4 17h16",
  phone: "M6.500 3.500l3 .500 1.500 4-2 2c1 2.200 2.800 4 5 5l2-2 4 1.500.500 3c-.300 1.700-1.700 3-3.500 3C10 20.500 3.500 14 3.500 7c0-1.800 1.300-3.200 3-3.500z",
  send: "M4 12L20 4l-5 16-3.500-6.500zM11.500 13.500L20 4",
  share: "M12 15V3M8 6.500L12 3l4 3.500M6 11H4.500v10h15V11H18",
  speak: "M4 9.500v5h3.500L12 19V5L7.500 9.500zM15.500 9c1.300 1.700 1.300 4.300 0 6M18 6.500c2.700 3.200 2.700 7.800 0 11",
  stop: "M7 7h10v10H7z",
  up: "M7 21H4V11h3M7 11l4-8c1.700 0 2.500 1 2.500 2.500V9h5a2 2 0 0 1 1.900 2.500l-1.800 8a2 2 0 0 1-1.900 1.500H7",
  voice: "M12 3.500a3 3 0 0 1 3 3V11a3 3 0 0 1-6 0V6.500a3 3 0 0 1 3-3zM5.500 11a6.500 6.500 0 0 0 13 0M12 17.500V21",
  qr: "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2.500v2.500M20 14v.5M14 20h.5M17.500 17.500H20V20",
  warn: "M12 4L2.500 20h19zM12 10v4.500M12 17v.500",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
