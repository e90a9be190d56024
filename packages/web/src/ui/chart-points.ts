/** A value at a time, milliseconds since 1970. */
export interface Point {
  readonly at: number;
  readonly value: number;
}

/** So many points at most: of each group the highest stays, so that no peak is lost. The last one is the newest. */
export function downward(points: readonly Point[], most: number): readonly Point[] {
  const last = points.at(-1);
  if (points.length <= most || last === undefined) return points;
  const size = Math.ceil(points.length / (most - 1));
  const kept: Point[] = [];
  for (let begin = 0; begin < points.length; begin += size) {
    const group = points.slice(begin, begin + size);
    kept.push(group.reduce((best, point) => (point.value > best.value ? point : best)));
  }
  return kept.at(-1) === last ? kept : [...kept, last];
}
