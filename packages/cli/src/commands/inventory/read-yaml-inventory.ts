import { isMap, isScalar, isSeq, LineCounter, type Pair, parseDocument } from 'yaml';
import {
  type InventoryField,
  inventoryFields,
  type InventoryProblem,
  type SaidHost,
  type SaidInventory,
  type SaidValue,
} from './said-inventory.ts';

interface Said {
  readonly fields: Map<InventoryField, SaidValue>;
  readonly labels: Map<string, SaidValue>;
}

/** An inventory in YAML: `hosts`, a list, and `defaults` that hold for each that does not say it itself. */
export function readYamlInventory(text: string): SaidInventory {
  return new YamlInventory(text).read();
}

class YamlInventory {
  readonly #lines = new LineCounter();
  readonly #problems: InventoryProblem[] = [];
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  read(): SaidInventory {
    const document = parseDocument(this.#text, { lineCounter: this.#lines, prettyErrors: false });
    for (const error of document.errors)
      this.#problems.push({
        line: this.#lines.linePos(error.pos[0]).line,
        text: `no YAML: ${error.message}`,
      });
    const hosts = document.errors.length > 0 ? [] : this.#hostsOf(document.contents);
    return { hosts, problems: this.#problems, notes: [] };
  }

  #hostsOf(top: unknown): SaidHost[] {
    if (top === null) return [];
    if (!isMap(top)) {
      this.#wrong(top, 'a list under "hosts" is wanted, and "defaults" beside it, if any');
      return [];
    }
    let defaults: Said = { fields: new Map(), labels: new Map() };
    let list: unknown = null;
    for (const pair of top.items) {
      const key = keyOf(pair);
      if (key === 'defaults') defaults = this.#said(pair.value, ['name', 'uri', 'peerUri', 'address']);
      else if (key === 'hosts') list = pair.value;
      else this.#wrong(pair.key, `"${key}" is neither "hosts" nor "defaults"`);
    }
    if (!isSeq(list)) {
      this.#wrong(list, 'a list under "hosts" is wanted');
      return [];
    }
    return list.items.map((item): SaidHost => {
      const { fields, labels } = this.#said(item, []);
      const taken = [...defaults.fields].map(
        ([field, value]) => [field, { ...value, inherited: true as const }] as const,
      );
      return {
        line: this.#lineOf(item),
        fields: new Map<InventoryField, SaidValue>([...taken, ...fields]),
        labels: new Map([...defaults.labels, ...labels]),
      };
    });
  }

  #said(node: unknown, not: readonly InventoryField[]): Said {
    const said: Said = { fields: new Map(), labels: new Map() };
    if (!isMap(node)) {
      this.#wrong(node, 'fields of the form `name: value` are wanted');
      return said;
    }
    for (const pair of node.items) {
      const key = keyOf(pair);
      const field = inventoryFields.find((one) => one === key);
      if (key === 'labels') this.#readLabels(pair, said.labels);
      else if (field === undefined || not.includes(field))
        this.#wrong(pair.key, `there is no "${key}" here; ${nearest(key, not)}`);
      else {
        const value = this.#value(pair, key);
        if (value !== null) said.fields.set(field, value);
      }
    }
    return said;
  }

  #readLabels(pair: Pair, labels: Map<string, SaidValue>): void {
    if (!isMap(pair.value))
      return this.#wrong(pair.key, 'labels: pairs of the form `name: value` are wanted');
    for (const one of pair.value.items) {
      const value = this.#value(one, `label ${keyOf(one)}`);
      if (value !== null) labels.set(keyOf(one), value);
    }
  }

  #value(pair: Pair, what: string): SaidValue | null {
    const { value } = pair;
    const plain = isScalar(value) ? value.value : undefined;
    if (typeof plain === 'string' || typeof plain === 'number' || typeof plain === 'boolean')
      return { text: String(plain), line: this.#lineOf(pair.key) };
    this.#wrong(pair.key, `${what}: one value is wanted`);
    return null;
  }

  #wrong(node: unknown, text: string): void {
    this.#problems.push({ line: this.#lineOf(node), text });
  }

  #lineOf(node: unknown): number {
    const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : null;
    return Array.isArray(range) ? this.#lines.linePos(Number(range[0])).line : 1;
  }
}

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : '';
}

function nearest(key: string, not: readonly InventoryField[]): string {
  const plain = key.replaceAll(/[_-]/g, '').toLowerCase();
  const known = [...inventoryFields.filter((one) => !not.includes(one)), 'labels'];
  const found = known.find((one) => one.toLowerCase() === plain);
  return found === undefined ? `there are ${known.join(', ')}` : `is ${found} meant?`;
}
