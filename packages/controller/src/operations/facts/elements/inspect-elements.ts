import type { Call, HypervisorHost } from '@ferry/hypervisor';
import {
  compareHardware,
  type DomainDescriptions,
  type DomainFacts,
  type ElementAnswer,
  elementQuestions,
  type ElementQuestion,
  type HardwareOfBoth,
  type MigrationKind,
  type ScreenMove,
  withScreensMoved,
} from '@ferry/model';
import type { ImageSite } from '../base-images/image-digest.ts';
import type { Services } from '../../engine/services.ts';
import { compareDevice } from './compare-device.ts';
import { compareFiles } from './compare-files.ts';

/** What a look at a domain's elements goes by. */
export interface ElementLook {
  /** Null: it is gone, and only what the target has can be looked at. */
  readonly source: ImageSite | null;
  /** Null: there is no target to look at. */
  readonly target: ImageSite | null;
  readonly domain: DomainFacts;
  readonly kind: MigrationKind;
  /** What its screens listen on instead on the target. */
  readonly screens: ScreenMove | null;
  /** Where a file of the source is on the target. */
  readonly targetPath: (path: string) => string;
}

/** What the descriptions of a domain name as it is to run on the target. Null where the source does not tell them. */
export async function describeElements(
  { source, domain, screens }: ElementLook & { readonly source: ImageSite },
  call: Call,
): Promise<DomainDescriptions | null> {
  const told = await source.host.domains.descriptions(domain.id, call);
  return told === null ? null : withScreensMoved(told, screens);
}

/** What the target has of what a description names that is known already. */
export async function answersTo(
  services: Services,
  look: ElementLook,
  descriptions: DomainDescriptions,
  call: Call,
): Promise<Record<string, ElementAnswer>> {
  const { target } = look;
  const questions = elementQuestions(descriptions, look.kind);
  if (target === null || questions.length === 0) return {};
  const hardware = await hardwareOf(questions, look, target.host, call);
  const answers: Record<string, ElementAnswer> = {};
  // One after the other: some start a guest of the target's, or read a directory of it.
  for (const question of questions) {
    answers[question.id] =
      compareHardware(question, hardware) ??
      (await attempt(services, () => answerTo(services, question, { ...look, target }, call)));
  }
  return answers;
}

const ofHardware: ReadonlySet<string> = new Set([
  'cpus',
  'numa-nodes',
  'hugepages',
  'host-cpu',
  'security-model',
  'launch-security',
]);

/** Only asked for where something compares it. */
async function hardwareOf(
  questions: readonly ElementQuestion[],
  { source, domain }: ElementLook,
  target: HypervisorHost,
  call: Call,
): Promise<HardwareOfBoth> {
  const { memoryBytes } = domain;
  const wanted = questions.filter(({ comparer }) => ofHardware.has(comparer));
  if (wanted.length === 0) return { source: null, target: null, memoryBytes };
  const ofBoth = wanted.some(({ comparer }) => comparer === 'host-cpu');
  const [here, there] = await Promise.all([
    ofBoth ? (source?.host.hardware.facts(call).catch(() => null) ?? null) : null,
    target.hardware.facts(call).catch(() => null),
  ]);
  return { source: here, target: there, memoryBytes };
}

function answerTo(
  services: Services,
  question: ElementQuestion,
  look: ElementLook & { readonly target: ImageSite },
  call: Call,
): Promise<ElementAnswer> {
  switch (question.comparer) {
    case 'file':
    case 'file-there':
    case 'directory':
    case 'same-directory':
      return compareFiles(services, question, look, call);
    default:
      return compareDevice(question, look.source?.host ?? null, look.target.host, call);
  }
}

async function attempt(services: Services, ask: () => Promise<ElementAnswer>): Promise<ElementAnswer> {
  try {
    return await ask();
  } catch (error) {
    services.log.debug({ error }, 'a host did not answer a question of the checks');
    const why = error instanceof Error ? error.message : String(error);
    return { result: 'unknown', what: `and it could not be looked at: ${why}`, compared: {} };
  }
}
