import type { TokenFacts } from '@ferry/model';
import { expect, test } from 'vitest';
import { KnownTokens } from './identity-services.ts';

const facts: TokenFacts = {
  user: { id: 'u', name: 'ada' },
  target: null,
  projectName: null,
  roles: [],
  methods: ['password'],
  auditIds: ['a'],
  issuedAt: '2026-01-01T00:00:00.000Z',
  expiresAt: '2026-01-01T01:00:00.000Z',
  applicationCredential: null,
};

function known(answers: (TokenFacts | null)[]): {
  tokens: KnownTokens<TokenFacts>;
  asked: () => number;
  clock: { now: string };
} {
  const clock = { now: '2026-01-01T00:00:00.000Z' };
  let asked = 0;
  const read = (): Promise<TokenFacts | null> => Promise.resolve(answers[asked++] ?? null);
  return {
    tokens: new KnownTokens(read, ({ expiresAt }) => expiresAt > clock.now),
    asked: () => asked,
    clock,
  };
}

test('the database is asked once', async () => {
  const { tokens, asked } = known([facts]);
  expect(await tokens.read('t')).toBe(facts);
  expect(await tokens.read('t')).toBe(facts);
  expect(asked()).toBe(1);
});

test('after a change it is asked again', async () => {
  const { tokens } = known([facts, null]);
  await tokens.read('t');
  tokens.forget();
  expect(await tokens.read('t')).toBeNull();
});

test('what was read before a change is not kept', async () => {
  const { promise, resolve } = Promise.withResolvers<TokenFacts | null>();
  const answers = [promise, Promise.resolve(null)];
  const tokens = new KnownTokens(() => answers.shift() ?? Promise.resolve(null));
  const reading = tokens.read('t');
  tokens.forget();
  resolve(facts);
  expect(await reading).toBe(facts);
  expect(await tokens.read('t')).toBeNull();
});

test('an answer that is kept is not used beyond its expiry', async () => {
  const { tokens, clock } = known([facts]);
  await tokens.read('t');
  clock.now = facts.expiresAt;
  expect(await tokens.read('t')).toBeNull();
});

test('an unknown token is asked for each time', async () => {
  const { tokens, asked } = known([null, facts]);
  expect(await tokens.read('t')).toBeNull();
  expect(await tokens.read('t')).toBe(facts);
  expect(asked()).toBe(2);
});
