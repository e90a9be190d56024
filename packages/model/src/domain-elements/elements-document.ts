import { rowGroups } from './judge-elements.ts';
import type { Comparer, ElementVerdict } from './element-row.ts';

const comparers: Readonly<Record<Comparer, string>> = {
  word: 'by an operator: `--accept`',
  file: 'a file of the same content at the path',
  'file-there': 'a file at the path',
  emulator: 'libvirt can ask that program',
  directory: "the path's directory is there",
  'same-directory': 'a directory that holds the same files',
  tried: 'a probe guest has it for a moment',
  cpus: 'processors of those numbers',
  'numa-nodes': 'NUMA cells of those numbers',
  hugepages: 'free pages of that size',
  'host-cpu': 'the same processor, features and microcode',
  'node-device': 'a device of the same kind at that address',
  'security-model': 'that model of labels is in force',
  'launch-security': "the hypervisor's own word",
};

const head = `# Elements of a domain

What Ferry makes of each element and attribute that libvirt's schema of a domain knows (\`domain.rng\` of libvirt 9.0 and 11.3). The check \`domain-elements\` goes by this table, and \`make protocol\` holds it against the schema. It is written by \`make domain-elements\`; change the table in \`packages/model/src/domain-elements/\`, not this page.

| verdict | is |
|---|---|
| harmless | names nothing that a host must have or a guest could miss |
| travels | is of the guest, and goes along as it is |
| on the target: … | names something of the host, which is compared so before the move |
| check \`…\` | the same, and that check compares it |
| moves: … | names state of the guest, which is carried along |
| cold only | does not move while the guest runs; no word lifts that |
| never | does not move; no word lifts that |

What has no row, what nobody could look at, and what is compared by an operator alone refuses the move until somebody says \`--accept PATH\` or \`--accept PATH=VALUE\`.

Paths are those below \`<domain>\`. \`*\` is any one element, \`@*\` any attribute, \`/**\` all that is in it. \`[type=tcp]\` holds only where that attribute has the value, \`[teaming]\` only where there is one, \`[!role]\` only where there is none; \`=VALUE\` only for that value. Of several rows the one that says most counts.
`;

/** docs/domain-elements.md, from the table. */
export function elementsDocument(): string {
  const groups = rowGroups.map(({ title, rows }) => {
    const lines = rows.map(
      ({ path, live, cold, because }) =>
        `| \`${path.replaceAll('|', '\\|')}\` | ${words(live)} | ${words(cold)} | ${because} |`,
    );
    return `\n## ${title}\n\n| element | live | cold | because |\n|---|---|---|---|\n${lines.join('\n')}\n`;
  });
  return head + groups.join('');
}

function words(verdict: ElementVerdict): string {
  switch (verdict.kind) {
    case 'on-target':
      return `on the target: ${comparers[verdict.comparer]}`;
    case 'checked':
      return `check \`${verdict.check}\``;
    case 'moves':
      return `moves: ${verdict.how}`;
    case 'cold-only':
    case 'never': {
      const said = verdict.saidBy === undefined ? '' : ` (check \`${verdict.saidBy}\`)`;
      return `**${verdict.kind === 'never' ? 'never' : 'cold only'}**${said}`;
    }
    default:
      return verdict.kind;
  }
}
