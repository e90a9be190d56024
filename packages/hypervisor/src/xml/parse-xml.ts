import { DOMParser, type Document, type Element, onWarningStopParsing } from '@xmldom/xmldom';

/** Why a text is no XML that Ferry reads. */
export class XmlError extends Error {
  override readonly name = 'XmlError';
}

const maximumLength = 8 * 1024 * 1024;
// C0 control characters other than tab, line feed and carriage return are not XML 1.0.
// eslint-disable-next-line no-control-regex
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/;

/** Parses strictly: no document type (entities), no control characters, nothing repaired silently. */
function parseXml(text: string): Document {
  if (text.length > maximumLength)
    throw new XmlError(`the text has ${text.length} characters, at most ${maximumLength} are read`);
  if (/<!DOCTYPE/i.test(text)) throw new XmlError('a document type is not accepted');
  if (forbidden.test(text)) throw new XmlError('the text has a control character');
  try {
    return new DOMParser({ onError: onWarningStopParsing }).parseFromString(text, 'text/xml');
  } catch (cause) {
    throw new XmlError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** The root element; throws unless it has that name. */
export function rootOf(text: string, name: string): Element {
  const root = parseXml(text).documentElement;
  if (root === null || root.localName !== name) {
    throw new XmlError(`the root is <${root?.localName ?? 'nothing'}>, <${name}> was expected`);
  }
  return root;
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

/** The text inside an element, trimmed; null when the element is not there. */
export function textOf(element: Element | null): string | null {
  return element?.textContent?.trim() ?? null;
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
