import type { ReactNode } from 'react';

/** Paths of 16 by 16, drawn with one stroke. */
const paths = {
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
  fleet: 'M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.01M5 11h.01',
  moves: 'M2 5h10M9 2l3 3-3 3M14 11H4M7 8l-3 3 3 3',
  plan: 'M2.5 3.5h5M5.5 8h6M8.5 12.5h5',
  search: 'M7 12A5 5 0 107 2a5 5 0 000 10zM10.7 10.7L14 14',
  sliders: 'M2 5h7M12 5h2M9 3v4M2 11h2M7 11h7M5 9v4',
  user: 'M8 8a3 3 0 100-6 3 3 0 000 6zM2.5 14c.8-2.6 2.8-4 5.5-4s4.7 1.4 5.5 4',
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
