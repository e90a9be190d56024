import type { LabHost } from '@ferry/lab';
import { expect } from 'vitest';
import type { Answer } from './ask-daemon.ts';

/** The answer of a host that let us in. */
export async function answerOf(host: LabHost): Promise<Answer> {
  return { hostname: (await host.virsh('hostname')).trim() };
}

/** An answer with a code of the client, and a message that has these words in this order. */
export function failed(code: string, ...words: string[]): unknown {
  return { code, message: expect.stringMatching(new RegExp(words.join('[^]*'))) };
}
