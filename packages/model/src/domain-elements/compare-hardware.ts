import { showBytes } from '../check/show-values.ts';
import type { HardwareFacts, HostCpu } from '../host/host-facts.ts';
import type { DomainElement } from './domain-element.ts';
import type { ElementAnswer, ElementQuestion } from './element-questions.ts';

/** What both hosts are made of; null for a side that did not tell. */
export interface HardwareOfBoth {
  readonly source: HardwareFacts | null;
  readonly target: HardwareFacts | null;
  /** What the guest takes. */
  readonly memoryBytes: number;
}

/** Answers what a host's hardware decides; null for other questions. */
export function compareHardware(question: ElementQuestion, hosts: HardwareOfBoth): ElementAnswer | null {
  const { target } = hosts;
  const silent: ElementAnswer = {
    result: 'unknown',
    what: 'and the target did not tell its hardware',
    compared: {},
  };
  switch (question.comparer) {
    case 'cpus':
      return target === null ? silent : numbers(question.value, 'processors', cpusOf(target));
    case 'numa-nodes':
      return target === null
        ? silent
        : numbers(
            question.value,
            'NUMA cells',
            target.cells.map(({ id }) => id),
          );
    case 'hugepages':
      return target === null ? silent : hugePages(question.subject, target, hosts.memoryBytes);
    case 'host-cpu':
      return target === null || hosts.source === null ? silent : sameCpu(hosts.source.cpu, target.cpu);
    case 'security-model':
      return target === null ? silent : named(question.value, 'labels', target.securityModels);
    case 'launch-security':
      return target?.launchSecurity == null
        ? silent
        : named(attributeOf(question.subject, 'type'), 'encrypted guests', target.launchSecurity);
    default:
      return null;
  }
}

function cpusOf({ cells }: HardwareFacts): number[] {
  return cells.flatMap(({ cpus }) => cpus);
}

function numbers(text: string, what: string, has: readonly number[]): ElementAnswer {
  const wanted = parseNumbers(text);
  const compared = { targetHas: has.join(', ') };
  if (wanted === null) return { result: 'unknown', what: 'which nobody can read', compared };
  const missing = wanted.filter((one) => !has.includes(one));
  return missing.length === 0
    ? { result: 'there', what: `and the target has ${what} of those numbers`, compared }
    : { result: 'lacks', what: `and the target has no ${what} ${missing.join(', ')}`, compared };
}

function named(name: string, what: string, has: readonly string[]): ElementAnswer {
  const compared = { targetHas: has.join(', ') };
  return has.includes(name)
    ? { result: 'there', what: `and the target has such ${what}`, compared }
    : { result: 'lacks', what: `and the target has no such ${what}`, compared };
}

/** Large pages that a guest or a memory device of it takes: of a device its own size counts, of the guest all of its memory. */
export function wantedPages(
  subject: DomainElement,
  memoryBytes: number,
): { readonly neededBytes: number; readonly sizes: readonly number[] } {
  const neededBytes = subject.name === 'memory' ? bytesIn(subject, 'target', 'size') : memoryBytes;
  return { neededBytes, sizes: wantedSizes(subject) };
}

function hugePages(subject: DomainElement, target: HardwareFacts, memoryBytes: number): ElementAnswer {
  const { neededBytes: needed, sizes } = wantedPages(subject, memoryBytes);
  const [usual] = [...target.hugePages].sort((a, b) => a.sizeBytes - b.sizeBytes);
  const pools =
    sizes.length === 0
      ? [usual]
      : sizes.map((size) => target.hugePages.find((one) => one.sizeBytes === size));
  const free = pools.reduce((sum, pool) => sum + (pool === undefined ? 0 : pool.free * pool.sizeBytes), 0);
  const compared = { freeBytes: free, neededBytes: needed, pageBytes: sizes.join(', ') };
  if (pools.includes(undefined))
    return { result: 'lacks', what: 'and the target has no pages of that size', compared };
  return free >= needed
    ? { result: 'there', what: `and the target has ${showBytes(free)} of such pages free`, compared }
    : {
        result: 'lacks',
        what: `and the target has ${showBytes(free)} of such pages free, where ${showBytes(needed)} are needed`,
        compared,
      };
}

/** Sizes of pages that a `<hugepages>` or a memory device names; none: the host's usual one. */
function wantedSizes(subject: DomainElement): number[] {
  const huge = subject.children.find(({ name }) => name === 'hugepages');
  const pages = huge?.children.filter(({ name }) => name === 'page') ?? [];
  const own = subject.children
    .find(({ name }) => name === 'source')
    ?.children.find(({ name }) => name === 'pagesize');
  if (own !== undefined) return [sizeOf(own.text, attributeOf(own, 'unit'))];
  const sizes = pages.map((page) => sizeOf(attributeOf(page, 'size'), attributeOf(page, 'unit')));
  return [...new Set(sizes)];
}

const kibibyte = 1024;
const units: ReadonlyMap<string, number> = new Map([
  ['', kibibyte],
  ['b', 1],
  ['bytes', 1],
  ['k', kibibyte],
  ['KiB', kibibyte],
  ['M', kibibyte ** 2],
  ['MiB', kibibyte ** 2],
  ['G', kibibyte ** 3],
  ['GiB', kibibyte ** 3],
]);

function sizeOf(text: string, unit: string): number {
  return Number(text) * (units.get(unit) ?? Number.NaN);
}

function bytesIn(element: DomainElement, ...path: string[]): number {
  let here: DomainElement | undefined = element;
  for (const name of path) here = here?.children.find((child) => child.name === name);
  return here === undefined ? 0 : sizeOf(here.text, attributeOf(here, 'unit'));
}

export function attributeOf({ attributes }: DomainElement, name: string): string {
  return attributes.find(([key]) => key === name)?.[1] ?? '';
}

/** A guest that has all of its host's processor lives only on the same one; what is new in another it does not use yet. */
function sameCpu(here: HostCpu, there: HostCpu): ElementAnswer {
  const missing = here.features.filter((one) => !there.features.includes(one));
  const more = there.features.filter((one) => !here.features.includes(one));
  const compared = {
    sourceCpu: `${here.vendor} ${here.model}`,
    targetCpu: `${there.vendor} ${there.model}`,
    sourceMicrocode: here.microcode,
    targetMicrocode: there.microcode,
    targetLacks: missing.join(', '),
    targetHasMore: more.join(', '),
  };
  if (here.vendor !== there.vendor || here.model !== there.model)
    return {
      result: 'lacks',
      what: `and the target's processor is another (${compared.targetCpu})`,
      compared,
    };
  if (missing.length > 0)
    return { result: 'lacks', what: `and the target's processor has no ${compared.targetLacks}`, compared };
  if (here.microcode !== there.microcode)
    return { result: 'differs', what: "and the target's processor has another microcode", compared };
  if (more.length > 0)
    return {
      result: 'differs',
      what: `and the target's processor has ${compared.targetHasMore} more`,
      compared,
    };
  return { result: 'there', what: 'and the target has the same processor', compared };
}

/** Numbers as libvirt writes sets of them: `0-3,^2,8`; null where it is no such text, or names far more than there are. */
export function parseNumbers(text: string): number[] | null {
  const found = new Set<number>();
  for (const part of text.split(',')) {
    const [, not, first, last] = /^\s*(\^?)(\d+)(?:-(\d+))?\s*$/.exec(part) ?? [];
    if (first === undefined) return null;
    const [from, to] = [Number(first), Number(last ?? first)];
    if (to < from || to - from > maxNumbers) return null;
    for (let number = from; number <= to; number += 1)
      if (not === '^') found.delete(number);
      else found.add(number);
  }
  return [...found].sort((a, b) => a - b);
}

/** libvirt's own limit of processors (VIR_DOMAIN_CPUMASK_LEN) is 16384. */
const maxNumbers = 16_384;
