/** How a libvirtd lies in its answers; `of`: the procedures whose (remote_protocol.x), or all. */
export type Lie = { readonly of?: readonly number[] } & (
  | { readonly kind: 'text'; readonly text: string }
  /** Each byte of the answer is that: numbers as large, or as negative, as there are. */
  | { readonly kind: 'filled'; readonly byte: number }
  /** A list of as many entries as a number can tell. */
  | { readonly kind: 'many' }
  /** It ends in the middle. */
  | { readonly kind: 'cut' }
  /** It is announced as long as can be, and never whole. */
  | { readonly kind: 'never-whole' }
  /** It answers what was not asked, before and after, and twice. */
  | { readonly kind: 'out-of-turn' }
  /** So many events of domains that there are not come behind it. */
  | { readonly kind: 'events'; readonly count: number }
  /** What it opens never ends. */
  | { readonly kind: 'endless-stream' }
  /** What it opens is honest for so many bytes, and then not. */
  | { readonly kind: 'turning-stream'; readonly afterBytes: number; readonly into: Turn }
);

/** What becomes of a stream: more than was asked for, an end before its time, other bytes, nothing for ever, or no connection. */
export type Turn = 'more' | 'less' | 'other' | 'silence' | 'gone';

/** Numbers of procedures, by what they tell. */
export const tells = {
  domain: [14],
  capabilities: [7, 342],
  pool: [88],
  volume: [99],
  network: [43],
  sizes: [6, 16, 87, 98, 102, 159, 194, 228, 378],
  versions: [4, 157],
  lists: [273, 281, 282, 283],
  statistics: [298, 344],
  states: [212],
  name: [59],
  download: [209],
} as const;
