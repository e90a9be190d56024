import { describe, expect, test } from 'vitest';
import type { DomainElement } from '../domain-elements/domain-element.ts';
import { type ElementAnswer, elementQuestions } from '../domain-elements/element-questions.ts';
import { domainElementsCheck } from './domain-elements.ts';
import type { Finding } from './finding.ts';
import { sampleInput } from './sample-input.ts';

function element(
  name: string,
  attributes: Record<string, string>,
  children: DomainElement[] = [],
  text = '',
): DomainElement {
  return { name, attributes: Object.entries(attributes), text, children };
}

function domainWith(...devices: DomainElement[]): DomainElement {
  return element('domain', { type: 'kvm' }, [element('devices', {}, devices)]);
}

const random = element('rng', { model: 'virtio' }, [
  element('backend', { model: 'random' }, [], '/dev/hwrng'),
]);
const sdl = element('graphics', { type: 'sdl' });
const passedThroughTpm = element('tpm', {}, [element('backend', { type: 'passthrough' })]);
const pmem = element('memory', { model: 'virtio-pmem' }, [
  element('source', {}, [element('path', {}, [], '/images/pmem')]),
]);

/** What is found of a guest with those devices. */
function found(
  devices: { readonly live?: readonly DomainElement[]; readonly next?: readonly DomainElement[] },
  more: {
    readonly kind?: 'cold-migration';
    readonly accept?: string[];
    readonly answer?: ElementAnswer;
  } = {},
): Pick<Finding, 'severity' | 'message' | 'remedy'>[] {
  const { kind = 'live-migration' as const } = more;
  const live = devices.live === undefined ? null : domainWith(...devices.live);
  const descriptions = { live, next: domainWith(...(devices.next ?? devices.live ?? [])) };
  const { answer } = more;
  const answers = Object.fromEntries(
    elementQuestions(descriptions, kind).flatMap(({ id }) => (answer === undefined ? [] : [[id, answer]])),
  );
  const request = { kind, accept: more.accept ?? [] } as const;
  return domainElementsCheck
    .judge(sampleInput({ request, elements: { descriptions, answers } }))
    .map(({ severity, message, remedy }) => ({ severity, message, remedy }));
}

describe('elements of the domain', () => {
  test('nothing that matters is fine, and the number of what was judged is told', () => {
    expect(found({ live: [] })).toMatchObject([{ severity: 'ok', message: /^all 2 elements/ }]);
  });

  test('one that only an operator can judge refuses, and names the word', () => {
    expect(found({ live: [sdl] })).toMatchObject([
      {
        severity: 'error',
        message: '"web" has devices/graphics/@type "sdl": a screen of the host itself',
        remedy: /--accept devices\/graphics\/@type=sdl$/,
      },
    ]);
  });

  test.each(['devices/graphics/@type', 'devices/graphics/@type=sdl'])(
    'accepted as %s it is a warning',
    (word) => {
      expect(found({ live: [sdl] }, { accept: [word] })).toMatchObject([
        { severity: 'warning', message: /It was accepted$/ },
      ]);
    },
  );

  test('a word for another value is none for this one, and is told as a slip', () => {
    const severities = found({ live: [sdl] }, { accept: ['devices/graphics/@type=dbus'] }).map(
      (one) => one.severity,
    );
    expect(severities).toEqual(['error', 'warning']);
  });

  test('what the table does not know is named with its path and value, and what is in it is not told again', () => {
    const unknown = element('quantum', { entangled: 'yes' }, [element('with', {}, [], 'compute11')]);
    const findings = found({ live: [unknown] });
    expect(findings).toMatchObject([{ severity: 'error', message: /devices\/quantum, which the table/ }]);
    expect(found({ live: [unknown] }, { accept: ['devices/quantum'] })).toMatchObject([
      { severity: 'warning' },
    ]);
  });

  test('no word lifts what does not move', () => {
    const accept = ['devices/tpm/backend/@type', 'devices/tpm/backend/@type=passthrough'];
    expect(found({ live: [passedThroughTpm] }, { accept })).toMatchObject([
      { severity: 'error', remedy: /^Migrate it cold/ },
    ]);
    expect(found({ next: [passedThroughTpm] }, { kind: 'cold-migration', accept })).toMatchObject([
      { severity: 'warning' },
    ]);
  });

  test.each([
    { result: 'there', severity: 'ok', accepted: 'ok' },
    { result: 'lacks', severity: 'error', accepted: 'error' },
    { result: 'differs', severity: 'error', accepted: 'warning' },
    { result: 'unknown', severity: 'error', accepted: 'warning' },
  ] as const)(
    'the target $result: $severity, and with a word $accepted',
    ({ result, severity, accepted }) => {
      const answer = { result, what: 'and so on', compared: {} };
      expect(found({ live: [random] }, { answer })[0]?.severity).toBe(severity);
      const accept = ['devices/rng/backend=/dev/hwrng'];
      expect(found({ live: [random] }, { answer, accept })[0]?.severity).toBe(accepted);
    },
  );

  test('a question that nobody answered takes a word', () => {
    expect(found({ live: [random] })).toMatchObject([{ severity: 'error', remedy: /--accept/ }]);
  });

  test('of a live move what only its next start has is judged too, and state that it would leave behind refuses', () => {
    expect(found({ live: [], next: [sdl] })).toMatchObject([
      { severity: 'error', message: /for its next start devices\/graphics/ },
    ]);
    expect(found({ live: [], next: [pmem] })).toMatchObject([
      { severity: 'error', message: /which a live move does not carry$/ },
    ]);
    expect(found({ live: [sdl], next: [] }, { kind: 'cold-migration' })).toMatchObject([{ severity: 'ok' }]);
  });

  test('a source that did not tell is unknown', () => {
    expect(domainElementsCheck.judge(sampleInput({ elements: null }))).toMatchObject([
      { severity: 'unknown' },
    ]);
  });
});
