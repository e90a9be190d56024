import type { Element } from '@xmldom/xmldom';
import type { HardwareFacts, HostCpu } from '@ferry/model';
import { at, attribute, children, rootOf, textOf, XmlError } from './parse-xml.ts';
import { escapeXml } from './write-xml.ts';

/** What a host's capabilities tell of its hardware (https://libvirt.org/formatcaps.html); sizes of its large pages, bytes. */
export interface HardwareDescription extends Pick<HardwareFacts, 'cpu' | 'cells' | 'securityModels'> {
  readonly pageSizes: readonly number[];
}

const kibibyte = 1024;

export function readHardwareXml(xml: string): HardwareDescription {
  const host = at(rootOf(xml, 'capabilities'), 'host');
  const cpu = host === null ? null : at(host, 'cpu');
  const cells = host === null ? null : at(host, 'topology', 'cells');
  const sizes = cpu === null ? [] : children(cpu, 'pages').map((page) => Number(attribute(page, 'size')));
  // The smallest pages are the usual ones.
  const large = sizes.filter((size) => size > Math.min(...sizes));
  return {
    cpu: readCpu(cpu),
    cells: cells === null ? [] : children(cells, 'cell').map(readCell),
    pageSizes: large.map((size) => size * kibibyte),
    securityModels:
      host === null
        ? []
        : children(host, 'secmodel').flatMap((model) => {
            const name = textOf(at(model, 'model'));
            return name === null || name === '' ? [] : [name];
          }),
  };
}

function readCpu(cpu: Element | null): HostCpu {
  return {
    model: (cpu && textOf(at(cpu, 'model'))) ?? '',
    vendor: (cpu && textOf(at(cpu, 'vendor'))) ?? '',
    microcode: cpu && attribute(at(cpu, 'microcode'), 'version'),
    features: cpu === null ? [] : children(cpu, 'feature').map((one) => attribute(one, 'name') ?? ''),
  };
}

function readCell(cell: Element): HardwareFacts['cells'][number] {
  const cpus = at(cell, 'cpus');
  return {
    id: Number(attribute(cell, 'id')),
    cpus: cpus === null ? [] : children(cpus, 'cpu').map((one) => Number(attribute(one, 'id'))),
  };
}

/**
 * Kinds of encrypted guests that a hypervisor can start, by its domain capabilities
 * (https://libvirt.org/formatdomaincaps.html): `launchSecurity` since libvirt 10.5, before that `sev` alone.
 */
export function readLaunchSecurity(xml: string): string[] {
  const features = at(rootOf(xml, 'domainCapabilities'), 'features');
  if (features === null) return [];
  const listed = at(features, 'launchSecurity');
  const enums = listed === null ? [] : children(listed, 'enum');
  const kinds = enums
    .filter((one) => attribute(one, 'name') === 'sectype')
    .flatMap((one) => children(one, 'value').map((value) => textOf(value) ?? ''));
  const old = attribute(at(features, 'sev'), 'supported') === 'yes' ? ['sev'] : [];
  return [...new Set([...kinds, ...old])];
}

/**
 * The processor that a guest with `host-model` gets, by the domain capabilities
 * (https://libvirt.org/formatdomaincaps.html), as a guest's own definition has it.
 */
export function readHostModel(xml: string): string {
  const cpu = at(rootOf(xml, 'domainCapabilities'), 'cpu');
  const modes = cpu === null ? [] : children(cpu, 'mode');
  const mode = modes.find(
    (one) => attribute(one, 'name') === 'host-model' && attribute(one, 'supported') === 'yes',
  );
  const model = mode === undefined ? null : textOf(at(mode, 'model'));
  if (mode === undefined || model === null) throw new XmlError('its hypervisor gives no host-model');
  const vendor = textOf(at(mode, 'vendor'));
  const features = children(mode, 'feature').map(
    (one) =>
      `<feature policy='${escapeXml(attribute(one, 'policy') ?? 'require')}' name='${escapeXml(attribute(one, 'name') ?? '')}'/>`,
  );
  const made = vendor === null ? '' : `<vendor>${escapeXml(vendor)}</vendor>`;
  return `<cpu mode='custom' match='exact'><model fallback='forbid'>${escapeXml(model)}</model>${made}${features.join('')}</cpu>`;
}
