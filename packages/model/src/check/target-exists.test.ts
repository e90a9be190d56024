import { describe, expect, test } from 'vitest';
import { targetExistsCheck } from './target-exists.ts';
import { sampleInput, severities } from './sample-input.ts';

describe('the target', () => {
  test.each([
    { when: 'known', given: {}, finds: ['ok'] },
    { when: 'chosen', given: { request: { host: null } }, finds: ['ok'] },
    { when: 'missing', given: { target: null }, finds: ['error'] },
  ])('$when: $finds', ({ given, finds }) => {
    expect(severities(targetExistsCheck, given)).toEqual(finds);
  });

  test('says why there is none, and which hosts there are', () => {
    const [finding] = targetExistsCheck.judge(
      sampleInput({ target: null, targetProblem: 'there is no host "gamma"' }),
    );
    expect(finding).toMatchObject({
      message: 'there is no host "gamma"',
      remedy: 'Hosts there are: alpha, beta.',
    });
  });
});
