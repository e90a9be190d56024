import type { Element } from '@xmldom/xmldom';
import type { DomainAdaptation } from '../contract/domain-adaptation.ts';
import { at, children } from './parse-xml.ts';

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
  const before = Number(at(domain, 'vcpu')?.textContent ?? '1');
  if (before === size.vcpus) return;
  const vcpu = at(domain, 'vcpu');
  vcpu?.removeAttribute('current');
  if (vcpu !== null) vcpu.textContent = String(size.vcpus);
  remove(at(domain, 'vcpus'));
  remove(at(domain, 'cpu', 'topology'));
  const tuning = at(domain, 'cputune');
  if (tuning !== null) for (const pin of children(tuning, 'vcpupin')) remove(pin);
}

function remove(element: Element | null): void {
  element?.parentNode?.removeChild(element);
}
