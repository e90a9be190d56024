import { describe, expect, test } from 'vitest';
import { postCopyCheck } from './post-copy.ts';
import { sampleHost, sampleInput, severities } from './sample-input.ts';

const asked = { request: { postCopy: 'ask', said: ['postCopy'] } } as const;
const sound = sampleHost('alpha', { libvirtVersion: 9_000_000 });

describe('post-copy', () => {
  test.each([
    { when: 'not allowed', given: {}, finds: ['ok'] },
    { when: 'allowed', given: { ...asked, source: sound, target: sound }, finds: ['warning', 'ok', 'ok'] },
    {
      when: 'with a libvirt known to crash at resuming',
      given: asked,
      finds: ['warning', 'warning', 'warning'],
    },
    {
      when: 'target silent',
      given: { ...asked, source: sound, target: null },
      finds: ['warning', 'ok', 'unknown'],
    },
  ])('$when: $finds', ({ given, finds }) => {
    expect(severities(postCopyCheck, given)).toEqual(finds);
  });

  test.each([
    { version: 9_000_000, says: 'is not known to fail' },
    { version: 11_003_000, says: 'cannot be resumed by libvirt 11.3.0' },
    { version: 12_008_000, says: 'is not known to fail' },
    { version: 12_009_000, says: 'libvirt 12.9.0 of the source resumes it' },
    { version: 13_000_000, says: 'libvirt 13.0.0 of the source resumes it' },
  ])('of libvirt $version: $says', ({ version, says }) => {
    const host = sampleHost('alpha', { libvirtVersion: version });
    const [, ofSource] = postCopyCheck.judge(sampleInput({ ...asked, source: host, target: host }));
    expect(ofSource?.message).toContain(says);
  });

  test.each([
    { postCopy: 'ask', says: 'asks what to do' },
    { postCopy: 'restart', says: 'started anew from its disks' },
  ] as const)('$postCopy: what becomes of a lost guest is told', ({ postCopy, says }) => {
    const [stake] = postCopyCheck.judge(sampleInput({ request: { postCopy } }));
    expect(stake?.message).toContain(says);
  });

  test('is refused where a disk is copied', () => {
    const { plan } = sampleInput();
    if (plan === null) throw new Error('the sample has a plan');
    const given = { ...asked, plan: { ...plan, form: 'coordinated' as const } };
    expect(severities(postCopyCheck, given)).toEqual(['error']);
  });

  test('that a policy allows is not used where a disk is copied', () => {
    const { plan } = sampleInput();
    if (plan === null) throw new Error('the sample has a plan');
    const given = sampleInput({ request: { postCopy: 'ask' }, plan: { ...plan, form: 'coordinated' } });
    expect(severities(postCopyCheck, given)).toEqual(['ok']);
  });

  test('is refused where Ferry leads the switch-over, and no disk is named that would be copied', () => {
    const { plan } = sampleInput();
    if (plan === null) throw new Error('the sample has a plan');
    const disks = plan.disks.map((disk) => ({ ...disk, action: 'keep' as const }));
    const given = sampleInput({ ...asked, plan: { ...plan, form: 'coordinated', disks } });
    expect(postCopyCheck.judge(given)).toMatchObject([
      { severity: 'error', compared: { coordinated: true } },
    ]);
  });
});
