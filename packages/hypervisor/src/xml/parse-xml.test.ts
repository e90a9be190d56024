import { describe, expect, test } from 'vitest';
import { adaptDomainXml } from './adapt-domain-xml.ts';
import { consolePorts } from './console-ports.ts';
import { readDomainXml } from './domain-xml.ts';
import { readDomainElements } from './domain-elements-xml.ts';
import { at, attribute, rootOf, textOf, writeXml, XmlError } from './parse-xml.ts';

const adaptation = { networks: {}, ports: {}, filter: null, storage: null };

function domain(
  parts: { readonly disk?: string; readonly more?: string; readonly name?: string } = {},
): string {
  const { disk = '/images/a', more = '', name = 'web' } = parts;
  return `<domain type='qemu'><name>${name}</name><uuid>3483d9f1-4015-48d9-9837-b67ca82d0009</uuid><memory>1024</memory><vcpu>1</vcpu>${more}
<os><type arch='x86_64'>hvm</type></os><devices><disk type='file'><source file='${disk}'/><target dev='vda'/></disk></devices></domain>`;
}

describe('what XML 1.0 lets stand in a text', () => {
  test.each([
    ['U+0085, U+2028 and U+2029', '/images/a\u0085b\u2028c\u2029d'],
    ['a carriage return as a number', '/images/a&#13;b'],
    ['a line end and a tab as numbers', '/images/a&#10;b&#9;c'],
    ['blanks at both ends', ' /images/a '],
  ])('%s is the same after a rewrite', (_what, disk) => {
    const before = readDomainXml(domain({ disk })).disks[0]?.path;
    const after = readDomainXml(adaptDomainXml(domain({ disk }), adaptation)).disks[0]?.path;
    expect(after).toBe(before);
    expect(before).toBe(disk.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code))));
  });

  test('a carriage return in a text is the same after a rewrite, too', () => {
    const root = rootOf('<a>x&#13;y\r\nz</a>', 'a');
    expect(textOf(rootOf(writeXml(root), 'a'))).toBe('x\ry\nz');
  });

  test('a name with outer blanks is that name, and one of blanks alone is none', () => {
    expect(readDomainXml(domain({ name: ' web ' })).name).toBe(' web ');
    expect(() => readDomainXml(domain({ name: '  ' }))).toThrow(XmlError);
  });
});

describe('a document type', () => {
  test.each([
    ['in a comment', '<!-- <!DOCTYPE x> -->'],
    ['in CDATA', '<title><![CDATA[<!DOCTYPE x>]]></title>'],
    ['in an attribute', "<description a='&lt;!DOCTYPE x>'/>"],
  ])('%s is none', (_what, more) => {
    expect(readDomainXml(domain({ more })).name).toBe('web');
  });

  test.each([
    '<!DOCTYPE x><a/>',
    '<?xml version="1.0"?><!-- a --><!doctype x [<!ENTITY e "v">]><a>&e;</a>',
    '<a><!DOCTYPE x></a>',
  ])('%s is refused', (text) => {
    expect(() => rootOf(text, 'a')).toThrow(/document type/);
  });
});

describe('metadata', () => {
  const metadata = `<metadata>\n  <own:x xmlns:own="urn:x" a='1'>\r\n &#13; $& <own:metadata/></own:x></metadata>`;

  test('comes through a rewrite to the letter, and is not read', () => {
    const text = domain({ more: metadata });
    expect(adaptDomainXml(text, adaptation)).toContain(metadata);
    const read = readDomainElements(text).children.find(({ name }) => name === 'metadata');
    expect(read?.children).toEqual([]);
  });

  test('of fifty thousand elements in as many namespaces is not built: nothing of it is in the tree', () => {
    const many = Array.from({ length: 50_000 }, (_, n) => `<m${n}:x xmlns:m${n}='urn:${n}'/>`).join('');
    const text = domain({ more: `<metadata>${many}</metadata>` });
    expect(rootOf(text, 'domain').getElementsByTagName('*').length).toBeLessThan(20);
    expect(adaptDomainXml(text, adaptation)).toContain(many);
  });
});

const nested = (count: number, part: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => `<a${part(n)}>`).join('') + '</a>'.repeat(count);

describe('what would take too long is refused before anything is built', () => {
  test.each([
    ['namespaces in each other', nested(6_000, (n) => ` xmlns:p${n}='urn:${n}'`), /deep/],
    ['elements in each other', nested(129, () => ''), /129 deep/],
    ['namespaces beside each other', `<a>${"<b xmlns:c='u'/>".repeat(1_001)}</a>`, /1001 places/],
    ['elements', `<a>${'<b/>'.repeat(20_000)}</a>`, /20001 elements/],
    ['characters', `<a>${' '.repeat(8 * 1024 * 1024)}</a>`, /characters/],
  ])('%s', (_what, text, message) => {
    expect(() => rootOf(text, 'a')).toThrow(message);
  });

  test('a tag is over where it is over, whatever its attributes say', () => {
    const root = rootOf(`<a x='>' y="/>'"><b/></a>`, 'a');
    expect(attribute(root, 'y')).toBe("/>'");
    expect(at(root, 'b')).not.toBeNull();
  });
});

test('a terminal is opened before a socket, at whose other end a program may be', () => {
  const xml = `<domain><devices><serial type='unix'><alias name='serial0'/></serial><serial type='pty'><alias name='serial1'/></serial></devices></domain>`;
  expect(consolePorts(xml).serial).toBe('serial1');
});
