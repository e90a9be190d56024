import { expect, test } from 'vitest';
import { describeTransfer } from './describe-transfer.ts';
import type { TransferState } from './transfer-state.ts';

const parties = { source: 'a', target: 'b', form: 'peer-to-peer', stallMs: 10_000 } as const;

test.each<[TransferState, string]>([
  [{ kind: 'precopy', weakLink: null }, 'peer-to-peer: a sends to b'],
  [{ kind: 'precopy', weakLink: '3 MiB/s' }, 'no post-copy over this link: 3 MiB/s'],
  [
    { kind: 'stalled', from: { kind: 'precopy', weakLink: null } },
    'stalled: no data from a to b for 10 s; check the link between them, or abort',
  ],
  [
    { kind: 'stalled', from: { kind: 'forced' } },
    'stalled: no data from a to b for 10 s; check the link between them, or abort; the guest is paused until b has it',
  ],
  [{ kind: 'resuming', attempt: 2 }, 'post-copy broke off: it is resumed (2 of 5)'],
])('%o is read as it is', (state, phase) => {
  expect(describeTransfer(state, parties)).toBe(phase);
});
