import type { SecretComparison } from '../storage/pool-facts.ts';
import { bothKinds, type Check } from './check-input.ts';
import { type Finding, noted, passed, refused, unsure, warned } from './finding.ts';

const code = 'secret-present';

/** Every secret that a disk of the guest names is there on the target with the same value, or can be brought. */
export const secretPresentCheck: Check = {
  code,
  about: 'the secrets that disks need are present on the target, or can be brought',
  kinds: bothKinds,
  judge: ({ secrets }) =>
    secrets.length === 0
      ? [passed(code, 'no disk needs a secret of the hypervisor', { secrets: 0 })]
      : secrets.map(judgeSecret),
};

function judgeSecret(secret: SecretComparison): Finding {
  const { ref, disks, atSource, onTarget, sameValue } = secret;
  const name = ref.uuid ?? `${ref.usageType} ${ref.usage ?? ''}`;
  const what = `the secret ${name} of ${disks.join(', ')}`;
  const compared = {
    secret: name,
    disks: disks.join(', '),
    atSource: told(atSource),
    onTarget: told(onTarget),
  };
  if (onTarget === null || atSource === null) {
    const side = onTarget === null ? 'target' : 'source';
    const remedy = 'See that its libvirtd answers (virsh secret-list), then check again.';
    return unsure(code, `the ${side} did not tell whether it has ${what}`, compared, remedy);
  }
  if (onTarget === 'absent') return judgeAbsent(secret, what, compared);
  if (onTarget.hasValue === false) {
    const remedy = `Give it its value on the target: virsh secret-set-value ${onTarget.uuid} --interactive.`;
    return refused(code, `${what} is defined on the target, and has no value there`, compared, remedy);
  }
  if (atSource !== 'absent' && (atSource.uuid !== onTarget.uuid || atSource.usage !== onTarget.usage)) {
    const remedy = `Undefine the target's (virsh secret-undefine ${onTarget.uuid}) if nothing uses it: Ferry then brings the source's.`;
    return refused(code, `${what} is another one on the target, by its uuid or by its use`, compared, remedy);
  }
  if (sameValue === false) {
    const remedy = `Set the value that is right on the target: virsh secret-set-value ${onTarget.uuid} --interactive.`;
    return refused(code, `${what} has another value on the target`, compared, remedy);
  }
  if (sameValue === null) {
    const remedy = 'Nothing, if it was set there for the same disk.';
    const why = 'whether its value is the same is told by nobody, because it is private';
    return warned(code, `the target has ${what}; ${why}`, compared, remedy);
  }
  return passed(code, `the target has ${what}, with the same value`, compared);
}

function judgeAbsent(
  { ref, atSource }: SecretComparison,
  what: string,
  compared: Finding['compared'],
): Finding {
  const byHand = `Define it on the target with the same uuid and use, and set its value: virsh secret-define, virsh secret-set-value ${ref.uuid ?? 'UUID'} --interactive.`;
  if (atSource === 'absent' || atSource === null)
    return refused(code, `neither host has ${what}`, compared, byHand);
  if (atSource.isPrivate) {
    return refused(
      code,
      `the target lacks ${what}, and it is private: its value is told to nobody`,
      compared,
      byHand,
    );
  }
  if (atSource.hasValue === false)
    return refused(code, `the target lacks ${what}, and at the source it has no value`, compared, byHand);
  return noted(code, `the target lacks ${what}: it will be brought`, compared);
}

function told(secret: SecretComparison['onTarget']): string | null {
  if (secret === null || secret === 'absent') return secret;
  return `${secret.uuid}, ${secret.usageType} ${secret.usage}${secret.isPrivate ? ', private' : ''}`;
}
