import { deviceAddress, incomparableDevice } from '../domain-elements/device-address.ts';
import { type DomainDescriptions, isAccepted, wordFor } from '../domain-elements/domain-element.ts';
import {
  type ElementAnswer,
  type NamedElement,
  namedElements,
  withoutSecrets,
} from '../domain-elements/element-questions.ts';
import type { MigrationKind } from '../migration/migration.ts';
import { bothKinds, type Check, type CheckInput } from './check-input.ts';
import { type Finding, hostSilent, passed, refused, warned } from './finding.ts';
import { liveFacts } from './show-values.ts';

const code = 'domain-elements';

/** Each element and attribute of the domain is known, and what it names is carried or is there on the target. */
export const domainElementsCheck: Check = {
  code,
  about: 'each part of its definition can move: what it names comes along, or is there on the target',
  kinds: bothKinds,
  judge: (input) => {
    const { elements, request } = input;
    if (elements === null) return [hostSilent(code, 'source', "the domain's description")];
    const named = namedElements(elements.descriptions, request.kind);
    // Without a target, or with its own host as one, there is nothing to compare with: that is another check's refusal.
    const isSilent = liveFacts(input.target) === null;
    const isItself = input.target?.id === input.source.id;
    const asked = isSilent || isItself ? named.filter(isAskedOfTarget) : [];
    const findings = [
      ...named.filter((one) => !asked.includes(one)).flatMap((one) => findingOf(one, input)),
      ...(asked.length > 0 && isSilent ? [hostSilent(code, 'target', 'what the guest needs of it')] : []),
      ...slips(named, request.accept),
    ];
    const stopped = findings.filter(({ severity }) => severity !== 'ok');
    // Of what one device names, one finding is enough.
    const said = [
      ...new Map(findings.map((one) => [JSON.stringify([one.message, one.compared]), one])).values(),
    ];
    if (stopped.length > 0) return said;
    const what = `all ${named.length} elements and attributes of its definition can move`;
    return [...said, passed(code, what, { elements: named.length })];
  },
};

/** A definition by itself, as these judge it. */
type Named = Pick<CheckInput, 'elements'> & {
  readonly instance: { readonly name: string };
  readonly request: Pick<CheckInput['request'], 'accept'>;
};

/** What of a definition no host could be given by a move of that kind, whatever it has. */
export function elementsThatStay(
  name: string,
  descriptions: DomainDescriptions,
  kind: MigrationKind,
): Finding[] {
  const input: Named = {
    elements: { descriptions, answers: {} },
    instance: { name },
    request: { accept: [] },
  };
  return namedElements(descriptions, kind).flatMap((one) => {
    if (!isAskedOfTarget(one)) return findingOf(one, input);
    const { question, row } = one;
    return question?.comparer === 'node-device' && deviceAddress(question.subject) === null
      ? [answered(one, row?.because ?? '', incomparableDevice, input)]
      : [];
  });
}

function isAskedOfTarget({ verdict, question, isPart }: NamedElement): boolean {
  return !isPart && verdict?.kind === 'on-target' && question !== null;
}

function findingOf(one: NamedElement, input: Named): Finding[] {
  const { row, verdict, nextOnly } = one;
  if (one.isPart) return [];
  const compared = { element: one.path, value: shown(one), ...(nextOnly && { nextStartOnly: true }) };
  if (row === null || verdict === null) {
    const what = `${has(one, input)}, which the table of elements does not know`;
    return [withWord(one, input, what, compared, 'Look what it is, and whether the target can have it.')];
  }
  switch (verdict.kind) {
    case 'harmless':
    case 'travels':
    case 'checked':
      return [];
    case 'moves':
      return nextOnly && one.path.startsWith('devices/') ? [staysBehind(one, input, compared)] : [];
    case 'on-target':
      return one.question === null
        ? [
            withWord(
              one,
              input,
              `${has(one, input)}: ${row.because}`,
              compared,
              'See that the target has it.',
            ),
          ]
        : [answered(one, row.because, input.elements?.answers[one.question.id], input)];
    case 'cold-only':
      if (verdict.saidBy !== undefined) return [];
      return [
        refused(
          code,
          `${has(one, input)}, which does not move live: ${row.because}`,
          compared,
          'Migrate it cold, or take it out of the guest first (virsh detach-device, virsh edit).',
        ),
      ];
    case 'never':
      if (verdict.saidBy !== undefined) return [];
      return [
        refused(
          code,
          `${has(one, input)}, which does not move: ${row.because}`,
          compared,
          'Take it out of the guest first (virsh edit).',
        ),
      ];
  }
}

/** A live move carries what the guest has now. */
function staysBehind(one: NamedElement, input: Named, compared: Finding['compared']): Finding {
  return refused(
    code,
    `${has(one, input)}, which a live move does not carry`,
    compared,
    'Migrate it cold, or take it out of the definition first (virsh edit).',
  );
}

/** What was seen on the target decides; what nobody could tell takes a word. */
function answered(
  one: NamedElement,
  because: string,
  answer: ElementAnswer | undefined,
  input: Named,
): Finding {
  const seen = answer ?? {
    result: 'unknown',
    what: 'and nobody could tell whether the target has it',
    compared: {},
  };
  const compared = { element: one.path, value: shown(one), ...seen.compared };
  const what = `${has(one, input)}, ${seen.what}`;
  switch (seen.result) {
    case 'there':
      return passed(code, what, compared);
    case 'lacks':
      return refused(
        code,
        `${what}: ${because}`,
        compared,
        'Give it to the target, choose another host, or take it out of the guest.',
      );
    case 'differs':
      return withWord(
        one,
        input,
        `${what}: ${because}`,
        compared,
        'Make them alike, or choose another host.',
      );
    case 'unknown':
      return withWord(one, input, `${what}: ${because}`, compared, 'See that the target has it.');
  }
}

/** An error that an operator's word makes a warning. */
function withWord(
  { path, value }: NamedElement,
  { request }: Pick<Named, 'request'>,
  what: string,
  compared: Finding['compared'],
  remedy: string,
): Finding {
  if (isAccepted(request.accept, path, value))
    return warned(code, `${what}. It was accepted`, { ...compared, accepted: true }, remedy);
  return refused(
    code,
    what,
    compared,
    `${remedy} If it is right so, say it: --accept ${wordFor(path, withoutSecrets(path, value) === value ? value : '')}`,
  );
}

function has({ path, value, nextOnly }: NamedElement, { instance }: Pick<Named, 'instance'>): string {
  const where = nextOnly ? ' for its next start' : '';
  return `"${instance.name}" has${where} ${path}${value === '' ? '' : ` "${shown({ path, value })}"`}`;
}

const longest = 120;

/** Findings are kept, and readers see them. */
function shown({ path, value }: Pick<NamedElement, 'path' | 'value'>): string {
  const text = withoutSecrets(path, value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

/** A word that names nothing of the guest's is a slip of the pen. */
function slips(named: readonly NamedElement[], accept: readonly string[]): Finding[] {
  return accept
    .filter((word) => !named.some(({ path, value }) => isAccepted([word], path, value)))
    .map((word) =>
      warned(
        code,
        `the guest has no ${word}, which is accepted`,
        { accept: word },
        'Correct it, or leave it out.',
      ),
    );
}
