import type { Compared } from '../check/finding.ts';
import type { MigrationKind } from '../migration/migration.ts';
import type { DomainDescriptions, DomainElement } from './domain-element.ts';
import type { Comparer } from './element-row.ts';
import { type JudgedElement, judgeElements } from './judge-elements.ts';

/** What a move has to know of the target because of something that the domain names. */
export interface ElementQuestion {
  /** The same question has the same id, whoever works it out. */
  readonly id: string;
  readonly comparer: Exclude<Comparer, 'word'>;
  readonly path: string;
  readonly value: string;
  /** The device, or the part of the description outside of `<devices>`, that names it. */
  readonly subject: DomainElement;
}

/**
 * What was seen of it. `there`: the target has it, alike where that counts. `differs`: the target has another one. `lacks`: it
 * has none. `unknown`: nobody could tell.
 */
export interface ElementAnswer {
  readonly result: 'there' | 'differs' | 'lacks' | 'unknown';
  /** In words, to follow what the guest has. */
  readonly what: string;
  readonly compared: Compared;
}

/** An element that matters for a move, and the question that it raises, where it raises one. */
export interface NamedElement extends JudgedElement {
  /** Only the definition for its next start names it, and the move is of a guest that runs. */
  readonly nextOnly: boolean;
  readonly question: ElementQuestion | null;
}

/** Comparers that look at a whole device or part, whichever of its attributes asks for it. */
const ofSubjects: ReadonlySet<string> = new Set(['tried', 'hugepages', 'node-device', 'launch-security']);

/**
 * All that a move of that kind carries, by the table: of a live move what the guest has now, and what only its next start has,
 * which comes along with its definition; of a cold one what its next start has, or where it has no definition what it has now.
 */
export function namedElements(
  descriptions: DomainDescriptions,
  kind: MigrationKind,
): readonly NamedElement[] {
  const { live, next } = descriptions;
  if (kind !== 'live-migration') return withQuestions(next ?? live, 'cold', false);
  const now = withQuestions(live ?? next, 'live', false);
  if (live === null) return now;
  const known = new Set(now.map(keyOf));
  return [...now, ...withQuestions(next, 'cold', true).filter((one) => !known.has(keyOf(one)))];
}

function keyOf({ path, value }: JudgedElement): string {
  return `${path}=${value}`;
}

function withQuestions(
  domain: DomainElement | null,
  mode: 'live' | 'cold',
  nextOnly: boolean,
): NamedElement[] {
  if (domain === null) return [];
  return judgeElements(domain, mode).map((one) => ({
    ...one,
    nextOnly,
    question: questionOf(domain, one, nextOnly),
  }));
}

function questionOf(domain: DomainElement, one: JudgedElement, nextOnly: boolean): ElementQuestion | null {
  const { verdict, path, value, within } = one;
  if (one.isPart || verdict?.kind !== 'on-target' || verdict.comparer === 'word') return null;
  const { comparer } = verdict;
  const subject = (path.startsWith('devices/') ? within[1] : within[0]) ?? domain;
  const place = `${nextOnly ? 'next' : 'now'} ${path.split('/')[0]} ${indexIn(domain, within)}`;
  const id = `${comparer} ${ofSubjects.has(comparer) ? place : comparer === 'host-cpu' ? '' : value}`;
  return { id, comparer, path, value, subject };
}

/** Which of the parts of a domain, or of its devices, it is. */
function indexIn(domain: DomainElement, [outer, inner]: readonly DomainElement[]): string {
  if (outer === undefined) return '';
  if (outer.name !== 'devices' || inner === undefined) return String(domain.children.indexOf(outer));
  return String(outer.children.indexOf(inner));
}

/** What has to be asked of the hosts for a move of that kind, each once. */
export function elementQuestions(
  descriptions: DomainDescriptions,
  kind: MigrationKind,
): readonly ElementQuestion[] {
  const questions = namedElements(descriptions, kind).flatMap(({ question }) => question ?? []);
  return [...new Map(questions.map((question) => [question.id, question])).values()];
}

const ofFiles: ReadonlySet<string> = new Set(['file', 'file-there', 'directory', 'same-directory']);

/** Files and directories beside the disks that a domain names, and that its target must have: kernels, ROMs, logs, shares. */
export function namedFiles(descriptions: DomainDescriptions, kind: MigrationKind): string[] {
  const named = elementQuestions(descriptions, kind)
    .filter(({ comparer, value }) => ofFiles.has(comparer) && value.startsWith('/'))
    .map(({ value }) => value);
  return [...new Set(named)];
}

/** What a secret is called in QEMU's options (`secret,id=…,data=…`, `password=`, `iscsi.password=`, `key-secret=`). */
const secretOption = /([\w.-]*(?:pass|secret|token|key|data)[\w.-]*)=[^,\s]*/gi;
/** Attributes whose value is one, whatever element they are of. */
const secretName = /pass(?:wd|word|phrase)$|token$/i;
/** Parts that libvirt hands through to QEMU unread. */
const unread = /^(?:commandline|override)\//;

/** The value of an element or attribute as it may be shown and written down: asterisks are where a secret stands or may stand. */
export function withoutSecrets(path: string, value: string): string {
  if (value === '') return value;
  if (secretName.test(path)) return '***';
  return unread.test(path) ? value.replace(secretOption, '$1=***') : value;
}
