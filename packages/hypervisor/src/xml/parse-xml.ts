import { DOMParser, type Document, type Element, onWarningStopParsing, XMLSerializer } from '@xmldom/xmldom';
import { scanXml } from './scan-xml.ts';

/** Why a text is no XML that Ferry reads. */
export class XmlError extends Error {
  override readonly name = 'XmlError';
}

const maximumLength = 8 * 1024 * 1024;
/**
 * More than any real description has: a guest with a hundred disks has some thousands of elements, a host with a thousand
 * processors as many. What is below them is read in a few hundred milliseconds.
 */
const maxElements = 20_000;
const deepest = 128;
const maxNamespaces = 1_000;
// C0 control characters other than tab, line feed and carriage return are not XML 1.0.
// eslint-disable-next-line no-control-regex
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/;

/** What other tools keep in a domain, and libvirt itself does not read: it can be large, and no part of it is Ferry's to change. */
const cutChild = 'metadata';
const cutMark = '<metadata ferry="cut"/>';

/** Parses strictly: no document type (entities), no control characters, nothing repaired silently, nothing without bounds. */
function parseXml(text: string): Document {
  if (text.length > maximumLength)
    throw new XmlError(`the text has ${text.length} characters, at most ${maximumLength} are read`);
  if (forbidden.test(text)) throw new XmlError('the text has a control character');
  const { elements, depth, namespaces, hasDoctype } = scanXml(text, cutChild);
  if (hasDoctype) throw new XmlError('a document type is not accepted');
  if (elements > maxElements)
    throw new XmlError(`the text has ${elements} elements, at most ${maxElements} are read`);
  if (depth > deepest)
    throw new XmlError(`elements stand ${depth} deep in each other, at most ${deepest} are read`);
  if (namespaces > maxNamespaces)
    throw new XmlError(
      `the text declares namespaces in ${namespaces} places, at most ${maxNamespaces} are read`,
    );
  try {
    return new DOMParser({ onError: onWarningStopParsing, normalizeLineEndings }).parseFromString(
      text,
      'text/xml',
    );
  } catch (cause) {
    throw new XmlError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** XML 1.0 (2.11) knows two ends of lines. The parser's own rule is that of 1.1, which changes other characters, too. */
function normalizeLineEndings(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

/** The root element; throws unless it has that name. Of a domain what is in its `<metadata>` is left out. */
export function rootOf(text: string, name: string): Element {
  const { cut } = name === 'domain' && text.length <= maximumLength ? scanXml(text, cutChild) : { cut: null };
  const read = cut === null ? text : text.slice(0, cut.from) + cutMark + text.slice(cut.to);
  const root = parseXml(read).documentElement;
  if (root === null || root.localName !== name) {
    throw new XmlError(`the root is <${root?.localName ?? 'nothing'}>, <${name}> was expected`);
  }
  return root;
}

/** The `<metadata>` of a domain as its text has it; empty where there is none. */
export function metadataOf(text: string): string {
  const { cut } = scanXml(text, cutChild);
  return cut === null ? '' : text.slice(cut.from, cut.to);
}

/** An element as text: what was read is the same again when it is read once more. */
export function writeXml(element: Element): string {
  // A carriage return that was given as a number would be taken for the end of a line.
  return new XMLSerializer().serializeToString(element).replaceAll('\r', '&#13;');
}

/** A domain as text, with the `<metadata>` of the text that it was read from, to the letter. */
export function writeDomain(domain: Element, from: string): string {
  const { cut } = scanXml(from, cutChild);
  const text = writeXml(domain);
  // A function: what is put in may have signs that mean something in a replacement.
  return cut === null ? text : text.replace(cutMark, () => from.slice(cut.from, cut.to));
}

/** Child elements of that name, in order. */
export function children(parent: Element, name: string): Element[] {
  const found: Element[] = [];
  for (let node = parent.firstChild; node !== null; node = node.nextSibling) {
    if (node.nodeType === 1 && (node as Element).localName === name) found.push(node as Element);
  }
  return found;
}

/** The element at the end of a path of child names; the first where there are several. */
export function at(parent: Element, ...path: string[]): Element | null {
  let here: Element | null = parent;
  for (const name of path) {
    here = children(here, name)[0] ?? null;
    if (here === null) return null;
  }
  return here;
}

/** An attribute's value, null when it is not there. */
export function attribute(element: Element | null, name: string): string | null {
  return element?.getAttribute(name) ?? null;
}

/** The text inside an element as it is, for names may begin and end with blanks; nothing but blanks is nothing. Null when the element is not there. */
export function textOf(element: Element | null): string | null {
  const text = element?.textContent ?? null;
  return text === null || /\S/.test(text) ? text : '';
}

/** The text at a path that must be there. */
export function requiredText(parent: Element, ...path: string[]): string {
  const text = textOf(at(parent, ...path));
  if (text === null || text === '') throw new XmlError(`<${parent.localName}> has no <${path.join('><')}>`);
  return text;
}

const units: Record<string, number> = {
  b: 1,
  bytes: 1,
  KB: 1e3,
  k: 1024,
  KiB: 1024,
  MB: 1e6,
  M: 1024 ** 2,
  MiB: 1024 ** 2,
  GB: 1e9,
  G: 1024 ** 3,
  GiB: 1024 ** 3,
  TB: 1e12,
  T: 1024 ** 4,
  TiB: 1024 ** 4,
};

/** A size in bytes with libvirt's `unit` attribute (https://libvirt.org/formatdomain.html#memory-allocation). */
export function bytesOf(element: Element, unitWhenAbsent: string): number {
  const unit = attribute(element, 'unit') ?? unitWhenAbsent;
  const factor = units[unit];
  const count = Number(textOf(element));
  if (factor === undefined || !Number.isFinite(count) || count < 0) {
    throw new XmlError(`<${element.localName}> is no size: ${textOf(element) ?? ''} ${unit}`);
  }
  return count * factor;
}
