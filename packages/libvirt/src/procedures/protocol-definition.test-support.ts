import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Sizes that the definition takes from libvirt's headers. */
const fromHeaders: Readonly<Record<string, string>> = {
  VIR_UUID_BUFLEN: '16',
  VIR_SECURITY_MODEL_BUFLEN: '257',
  VIR_SECURITY_LABEL_BUFLEN: '4097',
  VIR_SECURITY_DOI_BUFLEN: '257',
};
/** Whatever a character or a short is in C, on the wire it takes four bytes. */
const widened: Readonly<Record<string, string>> = {
  char: 'int',
  short: 'int',
  'unsigned char': 'unsignedint',
  'unsigned short': 'unsignedint',
};
const parameterTypes = ['INT', 'UINT', 'LLONG', 'ULLONG', 'DOUBLE', 'BOOLEAN', 'STRING'];

/** libvirt's definition of its protocol, read so far that layouts can be written in the words of our codecs. */
export class ProtocolDefinition {
  readonly #text: string;
  readonly #constants = new Map(Object.entries(fromHeaders));
  readonly #types = new Map<string, string>();

  /** Reads `remote_protocol.x` and `qemu_protocol.x` of a folder. */
  constructor(folder: string) {
    const files = ['remote_protocol.x', 'qemu_protocol.x'].map((file) =>
      readFileSync(join(folder, file), 'utf8'),
    );
    this.#text = files.join('\n').replaceAll(/\/\*[\s\S]*?\*\//g, '');
    parameterTypes.forEach((type, index) =>
      this.#constants.set(`VIR_TYPED_PARAM_${type}`, String(index + 1)),
    );
    for (const [, name, value] of this.#text.matchAll(/\bconst (\w+)\s*=\s*(\w+);/g)) {
      this.#constants.set(name ?? '', this.#constants.get(value ?? '') ?? value ?? '');
    }
    for (const [, declaration] of this.#text.matchAll(/\btypedef ([^;]+);/g)) {
      const { name, shape } = this.#member(declaration ?? '');
      this.#types.set(name, shape);
    }
    for (const [, name] of this.#text.matchAll(/\benum (\w+) \{/g)) this.#types.set(name ?? '', 'int');
    for (const [, name, body] of this.#text.matchAll(/\bunion (\w+) switch \(int type\) \{([^}]*)\}/g)) {
      const arms = [...(body ?? '').matchAll(/case (\w+):\s*([^;]+);/g)].map(
        ([, number, member]) => `${this.#constants.get(number ?? '')}:${this.#member(member ?? '').shape};`,
      );
      this.#types.set(name ?? '', `(${arms.join('')})`);
    }
  }

  /** Whether a procedure or message of our name is in it. */
  hasProcedure(name: string): boolean {
    return !Number.isNaN(this.#number(snake(name)));
  }

  /** A procedure by our name, in the form the test compares. */
  procedure(name: string): { number: number; args: string; result: string } {
    const theirs = snake(name);
    const qemu = theirs.startsWith('qemu_');
    return {
      number: this.#number(theirs),
      args: this.#struct(`${qemu ? '' : 'remote_'}${theirs}_args`),
      result: this.#struct(`${qemu ? '' : 'remote_'}${theirs}_ret`),
    };
  }

  /** A message that the daemon sends by itself. */
  event(name: string): { number: number; message: string } {
    const theirs = snake(name);
    const prefix = theirs.startsWith('qemu_') ? '' : 'remote_';
    return { number: this.#number(theirs), message: this.#struct(`${prefix}${theirs}_msg`) };
  }

  #number(theirs: string): number {
    const constant = theirs.startsWith('qemu_')
      ? `QEMU_PROC_${theirs.slice('qemu_'.length)}`
      : `REMOTE_PROC_${theirs}`;
    return Number(new RegExp(`\\b${constant.toUpperCase()} = (\\d+)`).exec(this.#text)?.[1]);
  }

  #struct(name: string): string {
    const body = new RegExp(`\\bstruct ${name} \\{([^}]*)\\}`).exec(this.#text)?.[1] ?? '';
    const members = body
      .split(';')
      .map((member) => member.trim())
      .filter((member) => member !== '')
      .map((member) => this.#member(member))
      .map((member) => `${member.shape}${member.name.toLowerCase().replaceAll('_', '')};`);
    return `{${members.join('')}}`;
  }

  /** A declaration such as `remote_string names<MAX>` or `opaque uuid[16]`. */
  #member(declaration: string): { name: string; shape: string } {
    const match = /^\s*(.+?)\s*(\*?)\s*(\w+)\s*(?:([<[])(\w+)[>\]])?\s*$/s.exec(declaration);
    if (match === null) throw new Error(`not understood: ${declaration}`);
    const [, type = '', star = '', name = '', bracket, size = ''] = match;
    const base = this.#shape(type.replaceAll(/\s+/g, ' '));
    const count = this.#constants.get(size) ?? size;
    const bounds = bracket === undefined ? '' : bracket === '<' ? `<${count}>` : `[${count}]`;
    return { name, shape: `${base}${bounds}${star}` };
  }

  #shape(type: string): string {
    const known = this.#types.get(type) ?? widened[type];
    if (known !== undefined) return known;
    return new RegExp(`\\bstruct ${type} \\{`).test(this.#text)
      ? this.#struct(type)
      : type.replaceAll(' ', '');
  }
}

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
