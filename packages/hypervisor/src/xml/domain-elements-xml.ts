import type { DomainElement } from '@ferry/model';
import type { Element } from '@xmldom/xmldom';
import { rootOf } from './parse-xml.ts';
import { escapeXml } from './write-xml.ts';

/** The elements of a domain's XML as they are, but for what people keep in its `<metadata>`. Throws XmlError. */
export function readDomainElements(xml: string): DomainElement {
  return readElement(rootOf(xml, 'domain'), 0);
}

function readElement(element: Element, depth: number): DomainElement {
  const name = element.localName ?? '';
  const children: DomainElement[] = [];
  let text = '';
  for (let node = element.firstChild; node !== null; node = node.nextSibling) {
    // Metadata stands right below the domain: what is in it belongs to other tools, in their own names.
    if (node.nodeType === 1 && !(depth === 1 && name === 'metadata'))
      children.push(readElement(node as Element, depth + 1));
    else if (node.nodeType === 3 || node.nodeType === 4) text += node.nodeValue ?? '';
  }
  const isMixed = children.length > 0 || (depth === 1 && name === 'metadata');
  return { name, attributes: attributesOf(element), text: isMixed ? '' : text, children };
}

function attributesOf({ attributes }: Element): DomainElement['attributes'] {
  return [...attributes]
    .filter(({ name }) => name !== 'xmlns' && !name.startsWith('xmlns:'))
    .map(({ localName, name, value }) => [localName ?? name, value] as const);
}

/** An element of libvirt's own, as XML. */
function writeElement({ name, attributes, text, children }: DomainElement): string {
  const start = [name, ...attributes.map(([key, value]) => `${key}='${escapeXml(value)}'`)].join(' ');
  return `<${start}>${escapeXml(text)}${children.map(writeElement).join('')}</${name}>`;
}

/** Devices that are one end of a character stream: what it leads to is the same whatever the guest sees. */
const characterDevices: ReadonlySet<string> = new Set([
  'serial',
  'parallel',
  'console',
  'channel',
  'redirdev',
  'smartcard',
]);
/** What is of the guest's own machine, or of its life. */
const ofTheGuest: ReadonlySet<string> = new Set(['alias', 'address', 'acpi', 'boot', 'mac', 'target', 'log']);

/**
 * A device of a guest as a probe guest has it, to see whether a host can give it: with all that leads to the host, and without
 * what makes it the guest's.
 */
export function trialDeviceXml(device: DomainElement): string {
  if (device.name === 'rng') return writeElement(randomSource(device));
  return writeElement(
    characterDevices.has(device.name) ? asSerial(device) : { ...device, children: outside(device) },
  );
}

function outside({ children }: DomainElement): DomainElement[] {
  return children.filter(({ name }) => !ofTheGuest.has(name));
}

function asSerial(device: DomainElement): DomainElement {
  const attributes = device.attributes.filter(([name]) => name === 'type');
  return { ...device, name: 'serial', attributes, children: outside(device) };
}

/** One that is fed by a character stream is tried as a port. */
function randomSource(device: DomainElement): DomainElement {
  const backend = device.children.find(({ name }) => name === 'backend');
  const isFed = backend?.attributes.some(([name, value]) => name === 'model' && value === 'egd') === true;
  return backend !== undefined && isFed ? asSerial(backend) : { ...device, children: outside(device) };
}
