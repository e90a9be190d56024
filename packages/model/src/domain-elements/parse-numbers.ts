/** Numbers as libvirt writes sets of them: `0-3,^2,8`; null where it is no such text, or names far more than there are. */
export function parseNumbers(text: string): number[] | null {
  const found = new Set<number>();
  for (const part of text.split(',')) {
    const [, not, first, last] = /^\s*(\^?)(\d+)(?:-(\d+))?\s*$/.exec(part) ?? [];
    if (first === undefined) return null;
    const [from, to] = [Number(first), Number(last ?? first)];
    if (to < from || to - from > mostNumbers) return null;
    for (let number = from; number <= to; number += 1)
      if (not === '^') found.delete(number);
      else found.add(number);
  }
  return [...found].sort((a, b) => a - b);
}

/** libvirt's own limit of processors (VIR_DOMAIN_CPUMASK_LEN) is 16384. */
const mostNumbers = 16_384;
