import type { Element } from '@xmldom/xmldom';
import type { DomainAdaptation } from '../contract/domain-adaptation.ts';
import { at, attribute, children } from './parse-xml.ts';

/**
 * Gives a definition so much memory and so many processors. What spreads the processors over sockets or hardware, by
 * their number, goes: libvirt lays them out anew. (https://libvirt.org/formatdomain.html: memory, vcpu, cputune.)
 */
export function resizeDomain(domain: Element, size: NonNullable<DomainAdaptation['size']>): void {
  for (const name of ['memory', 'currentMemory']) {
    const element = at(domain, name);
    if (element === null) continue;
    element.setAttribute('unit', 'bytes');
    element.textContent = String(size.memoryBytes);
  }
  const vcpu = at(domain, 'vcpu');
  const before = Number(vcpu?.textContent ?? '1');
  // Which of them it has now: all.
  const isWhole = Number(attribute(vcpu, 'current') ?? before) === before;
  vcpu?.removeAttribute('current');
  if (before !== size.vcpus || !isWhole) remove(at(domain, 'vcpus'));
  if (before === size.vcpus) return;
  if (vcpu !== null) vcpu.textContent = String(size.vcpus);
  remove(at(domain, 'cpu', 'topology'));
  const tuning = at(domain, 'cputune');
  if (tuning === null) return;
  // Each of these names processors by their number.
  for (const name of ['vcpupin', 'vcpusched', 'cachetune', 'memorytune'])
    for (const one of children(tuning, name)) remove(one);
}

function remove(element: Element | null): void {
  element?.parentNode?.removeChild(element);
}
