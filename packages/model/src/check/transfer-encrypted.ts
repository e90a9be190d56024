import { type Check, liveOnly } from './check-input.ts';
import { noted, passed, refused, warned } from './finding.ts';

const code = 'transfer-encrypted';

/** Whether memory and disks go encrypted, and why not. */
export const transferEncryptedCheck: Check = {
  code,
  about: 'memory and disks go encrypted from host to host, where both can',
  kinds: liveOnly,
  judge: ({ request: { encryption }, encryption: facts, source, target }) => {
    const compared = { encryption, can: facts?.can ?? null };
    if (encryption === 'none')
      return [noted(code, 'memory and disks go in the clear, as was said', compared)];
    if (target === null || facts === null)
      return [noted(code, 'there is no target that it would be sent to', compared)];
    if (facts.can) return [passed(code, `memory and disks go encrypted (TLS): ${facts.because}`, compared)];
    const pair = `${source.name} ${target.name}`;
    const remedy = `Give both certificates (ferry host configure ${pair}) and have them looked at (ferry doctor --pair ${pair})`;
    const what = `memory and disks cannot go encrypted: ${facts.because}`;
    return encryption === 'required'
      ? [refused(code, what, compared, `${remedy}, or say that it may go in the clear (--unencrypted).`)]
      : [warned(code, `memory and disks go in the clear: ${facts.because}`, compared, `${remedy}.`)];
  },
};
