import type { CheckInput } from '@ferry/model';

/** Disks on the network that take a secret which the target lacks: only when it is there can they be tried. */
export function triedLater(
  secrets: CheckInput['secrets'],
  disks: NonNullable<CheckInput['domain']>['disks'],
): string[] {
  const lacking = new Set(
    secrets.filter(({ onTarget }) => onTarget === 'absent').flatMap((one) => one.disks),
  );
  return disks
    .filter(({ network, target }) => network !== null && lacking.has(target))
    .map(({ target }) => target);
}
