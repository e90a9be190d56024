import {
  type InventoryField,
  inventoryFields,
  type InventoryProblem,
  type SaidHost,
  type SaidInventory,
  type SaidValue,
} from './said-inventory.ts';

/** Ansible's names of what is said of a host. */
const ansible: Readonly<Record<string, InventoryField>> = {
  ansible_host: 'address',
  ansible_user: 'user',
  ansible_port: 'port',
  ansible_ssh_private_key_file: 'sshIdentity',
};
/** Groups that are none: those who have no other, and all. */
const noGroups = new Set(['all', 'ungrouped']);
/** Ansible's ranges, `compute[01:20]`: more is a mistake. */
const maxRange = 1_000;

interface Variables {
  readonly fields: Map<InventoryField, SaidValue>;
  readonly labels: Map<string, SaidValue>;
}

/**
 * An inventory of Ansible in its INI form: hosts a line each with `name=value` behind, in `[groups]`, and `[group:vars]`. The
 * group of a host is the first that names it; groups of groups are not read.
 */
export function readIniInventory(text: string): SaidInventory {
  return new IniInventory().read(text);
}

class IniInventory {
  readonly #problems: InventoryProblem[] = [];
  readonly #notes: InventoryProblem[] = [];
  readonly #hosts = new Map<string, Variables & { readonly line: number; readonly groups: string[] }>();
  readonly #ofGroups = new Map<string, Variables>();
  #group = 'ungrouped';
  #kind = 'hosts';

  read(text: string): SaidInventory {
    for (const [index, raw] of text.split(/\r?\n/).entries()) {
      const line = raw.trim();
      if (line !== '' && !/^[#;]/.test(line)) this.#readLine(index + 1, line);
    }
    const hosts = [...this.#hosts].map(([name, host]): SaidHost => {
      const own = host.groups.find((group) => !noGroups.has(group));
      const inherited = ['all', ...host.groups.toReversed()].map((group) => this.#ofGroups.get(group));
      const labels = new Map([...inherited.flatMap((one) => [...(one?.labels ?? [])]), ...host.labels]);
      const fields = new Map<InventoryField, SaidValue>([
        ['name', { text: name, line: host.line }],
        ...(own === undefined ? [] : [['group', { text: own, line: host.line }] as const]),
        ...inherited.flatMap((one) =>
          [...(one?.fields ?? [])].map(
            ([field, value]) => [field, { ...value, inherited: true as const }] as const,
          ),
        ),
        ...host.fields,
      ]);
      return { line: host.line, fields, labels };
    });
    return { hosts, problems: this.#problems, notes: this.#notes };
  }

  #readLine(line: number, text: string): void {
    const section = /^\[([\w.-]+)(?::(\w+))?\]\s*(?:[#;].*)?$/.exec(text);
    if (section !== null) {
      [this.#group, this.#kind] = [section[1] ?? '', section[2] ?? 'hosts'];
      if (this.#kind !== 'hosts' && this.#kind !== 'vars')
        this.#wrong(
          line,
          `[${this.#group}:${this.#kind}]: groups of groups are not read; name the hosts in their group`,
        );
      return;
    }
    if (text.startsWith('[')) return this.#wrong(line, `"${text}" is no section`);
    if (this.#kind === 'vars') return this.#readGroupVariable(line, text);
    if (this.#kind !== 'hosts') return;
    const [pattern = '', ...pairs] = wordsOf(text);
    const variables = newVariables();
    for (const pair of pairs) this.#readPair(line, pair, variables);
    for (const name of this.#namesOf(line, pattern)) this.#add(line, name, variables);
  }

  #add(line: number, name: string, { fields, labels }: Variables): void {
    const known = this.#hosts.get(name);
    if (known === undefined)
      this.#hosts.set(name, {
        line,
        groups: [this.#group],
        fields: new Map(fields),
        labels: new Map(labels),
      });
    else {
      known.groups.push(this.#group);
      for (const [field, value] of fields) known.fields.set(field, value);
      for (const [label, value] of labels) known.labels.set(label, value);
    }
  }

  #readGroupVariable(line: number, text: string): void {
    const variables = this.#ofGroups.get(this.#group) ?? newVariables();
    this.#ofGroups.set(this.#group, variables);
    const [, name, value] = /^([\w.-]+)\s*=\s*(.*)$/.exec(text) ?? [];
    if (name === undefined || value === undefined) return this.#wrong(line, 'name=value is wanted');
    this.#readPair(line, `${name}=${unquoted(value)}`, variables);
  }

  #readPair(line: number, pair: string, { fields, labels }: Variables): void {
    const [, name, value] = /^([\w./-]+)=(.*)$/s.exec(pair) ?? [];
    // What it says is not told: it may be a password.
    if (name === undefined || value === undefined)
      return this.#wrong(line, 'name=value is wanted behind a host');
    if (name.startsWith('label.')) {
      labels.set(name.slice('label.'.length), { text: value, line });
      return;
    }
    const plain = name.replaceAll('_', '').toLowerCase();
    const own = inventoryFields.find(
      (field) => field.toLowerCase() === plain && field !== 'name' && field !== 'group',
    );
    const field = Object.hasOwn(ansible, name) ? ansible[name] : own;
    if (field === undefined) this.#notes.push({ line, text: `${name} is not read` });
    else fields.set(field, { text: value, line });
  }

  /** `compute[01:20]` as Ansible counts: with as many digits as the first has. */
  #namesOf(line: number, pattern: string): string[] {
    const [, before = '', first, last, after = ''] = /^([^[]*)\[(\d+):(\d+)\](.*)$/.exec(pattern) ?? [];
    if (first === undefined || last === undefined) {
      if (/^[\w.-]+$/.test(pattern)) return [pattern];
      this.#wrong(line, `"${pattern}" is no name of a host, nor compute[01:20]`);
      return [];
    }
    const [from, to] = [Number(first), Number(last)];
    if (to < from || to - from >= maxRange || !/^[\w.-]*$/.test(before + after)) {
      this.#wrong(line, `"${pattern}" is no range of at most ${maxRange} hosts`);
      return [];
    }
    return Array.from(
      { length: to - from + 1 },
      (_, index) => `${before}${String(from + index).padStart(first.length, '0')}${after}`,
    );
  }

  #wrong(line: number, text: string): void {
    this.#problems.push({ line, text });
  }
}

function newVariables(): Variables {
  return { fields: new Map(), labels: new Map() };
}

/** Words with their quotes taken away; what begins with # ends the line. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const [word] of text.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)) {
    if (word.startsWith('#')) break;
    words.push(word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'));
  }
  return words;
}

function unquoted(text: string): string {
  return /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text;
}
