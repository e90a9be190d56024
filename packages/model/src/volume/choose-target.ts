/** What a volume is to be called in a guest, or that the wanted name is another disk's. */
export type TargetChoice =
  | { readonly kind: 'chosen'; readonly target: string }
  | { readonly kind: 'taken'; readonly target: string }
  | { readonly kind: 'full' };

const letters = 'abcdefghijklmnopqrstuvwxyz'.split('');
/** `vda` to `vdz`, then `vdaa` to `vdzz`, as the kernel counts. */
const targets = [
  ...letters.map((letter) => `vd${letter}`),
  ...letters.flatMap((first) => letters.map((second) => `vd${first}${second}`)),
];

/**
 * A volume is a disk of virtio. A name of such a disk is kept to where it is wanted and free; any other name (`/dev/sdb`) is
 * a wish that no hypervisor heeds, and the first free one is taken.
 */
export function chooseTarget(taken: readonly string[], wanted: string | null): TargetChoice {
  const asked = wanted?.replace(/^\/dev\//, '') ?? '';
  if (targets.includes(asked))
    return taken.includes(asked) ? { kind: 'taken', target: asked } : { kind: 'chosen', target: asked };
  const free = targets.find((target) => !taken.includes(target));
  return free === undefined ? { kind: 'full' } : { kind: 'chosen', target: free };
}
