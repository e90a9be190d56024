import type { Failure } from '@ferry/workflow';
import { stepErrors } from '../engine/step-error.ts';

/** Why something did not happen to a volume, as its owner and operators read it, with what can be done. */
export function volumeFault(volumeName: string, what: string, { code, message }: Failure): string {
  const known = Object.entries(stepErrors).find(([name]) => name === code);
  const remedy =
    known?.[1] ?? "See the message and libvirtd's log on that host, then ask for the same again.";
  const which = volumeName === '' ? 'The volume' : volumeName;
  return `${which} was not ${what}: ${message.replace(/\.?$/, '.')} ${remedy}`;
}
