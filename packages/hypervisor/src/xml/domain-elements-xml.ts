import type { Element } from '@xmldom/xmldom';
import type { DomainElement } from '@ferry/model';
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
export function writeElement({ name, attributes, text, children }: DomainElement): string {
  const start = [name, ...attributes.map(([key, value]) => `${key}='${escapeXml(value)}'`)].join(' ');
  return `<${start}>${escapeXml(text)}${children.map(writeElement).join('')}</${name}>`;
}
