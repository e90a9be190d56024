import type { ReactNode } from 'react';

/** Paths of 16 by 16, drawn with one stroke. */
const paths = {
  activity: 'M2 8.5h3L7 3.5l2.5 9 1.6-4H14',
  arrow: 'M3 8h10M9 4l4 4-4 4',
  check: 'M3 8.5l3.2 3.2L13 5',
  chevron: 'M6 4l4 4-4 4',
  close: 'M4 4l8 8M12 4l-8 8',
  copy: 'M6 6h7v7H6zM10 6V3H3v7h3',
  cross: 'M4.5 4.5l7 7M11.5 4.5l-7 7',
  dots: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  down: 'M4 6l4 4 4-4',
  download: 'M8 3v7M5 7.5L8 10.5l3-3M3 13h10',
  drag: 'M6 4h.01M10 4h.01M6 8h.01M10 8h.01M6 12h.01M10 12h.01',
  ferry: 'M8 1.5v6M8 2.4l4.2 4.6H8M1.8 9.6h12.4l-1.9 3.4H3.7z',
  flavor: 'M2.5 9.5v4h4v-4zM9.5 2.5v11h4v-11zM2.5 2.5v4h4v-4z',
  fleet: 'M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.01M5 11h.01',
  host: 'M3 2.5h10v11H3zM5.5 5h5M5.5 7.5h5M8 11h.01',
  image: 'M8 2a6 6 0 100 12A6 6 0 008 2zM8 6.4a1.6 1.6 0 100 3.2 1.6 1.6 0 000-3.2z',
  key: 'M5.5 13a2.8 2.8 0 100-5.6 2.8 2.8 0 000 5.6zM7.6 8.4L13 3M11 5l1.8 1.8',
  moves: 'M2 5h10M9 2l3 3-3 3M14 11H4M7 8l-3 3 3 3',
  network: 'M6 2.5h4v3H6zM2 10.5h4v3H2zM10 10.5h4v3h-4zM8 5.5V8M4 10.5V8h8v2.5',
  plan: 'M2.5 3.5h5M5.5 8h6M8.5 12.5h5',
  search: 'M7 12A5 5 0 107 2a5 5 0 000 10zM10.7 10.7L14 14',
  shield: 'M8 2l5 1.8V8c0 3-2 5-5 6-3-1-5-3-5-6V3.8z',
  sliders: 'M2 5h7M12 5h2M9 3v4M2 11h2M7 11h7M5 9v4',
  user: 'M8 8a3 3 0 100-6 3 3 0 000 6zM2.5 14c.8-2.6 2.8-4 5.5-4s4.7 1.4 5.5 4',
  volume: 'M3 4c0-2 10-2 10 0v8c0 2-10 2-10 0zM3 4c0 2 10 2 10 0M3 8c0 2 10 2 10 0',
  wait: 'M8 3v5l3 2M8 14A6 6 0 108 2a6 6 0 000 12z',
  warning: 'M8 2.5l6 11H2zM8 7v3M8 12h.01',
} as const;

export type IconName = keyof typeof paths;

/** A picture beside words that say the same, or in a button that has a name. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }): ReactNode {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === 'dots' || name === 'drag' ? 2.2 : 1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}
