import { readFileSync } from 'node:fs';
import { listRoutes } from '@ferry/controller';
import { cell } from './markdown.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly (string | number | null)[];
  readonly const?: string | number | boolean;
}

interface Operation {
  readonly summary?: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly description?: string;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** docs/reference/api.md: every route of Ferry's own API, and every schema, from docs/openapi.json. */
export async function apiPage(): Promise<string> {
  const path = new URL('../../docs/openapi.json', import.meta.url);
  const { paths, components } = JSON.parse(readFileSync(path, 'utf8')) as Document;
  const roles = new Map(
    (await listRoutes()).map(({ method, url, access }) => [
      `${method} ${url.replace(/:(\w+)/g, '{$1}')}`,
      access.kind === 'ferry' ? access.role : 'everybody',
    ]),
  );
  const routes = Object.entries(paths).flatMap(([url, operations]) =>
    Object.entries(operations).map(([method, operation]) => {
      const route = `${method.toUpperCase()} ${url}`;
      return sectionOf(route, roles.get(route) ?? 'nobody', operation);
    }),
  );
  const schemas = Object.entries(components.schemas).map(([name, schema]) => schemaSection(name, schema));
  return `${[introduction, ...routes, '\n## Schemas\n', ...schemas].join('\n')}\n`;
}

function sectionOf(route: string, role: string, operation: Operation): string {
  const body = operation.requestBody?.content['application/json']?.schema;
  const answers = Object.entries(operation.responses)
    .filter(([status]) => Number(status) < 400)
    .map(([status, { content }]) => {
      const schema = content?.['application/json']?.schema;
      return schema === undefined ? status : `${status} ${typeOf(schema)}`;
    });
  const refusals = Object.keys(operation.responses).filter((status) => Number(status) >= 400);
  const parameters = (operation.parameters ?? []).filter((one) => one.in === 'query');
  return [
    `\n### \`${route}\`\n`,
    `${operation.summary ?? ''}. Role: ${role}. Answers ${answers.join(' or ')}${refusals.length === 0 ? '' : `, refuses with ${refusals.join(', ')}`}.`,
    ...(parameters.length === 0
      ? []
      : [
          `\n${table(parameters.map((one) => [one.name, typeOf(one.schema), one.description ?? one.schema.description ?? '']))}`,
        ]),
    ...(body === undefined
      ? []
      : [`\nBody: ${body.properties === undefined ? typeOf(body) : ''}`, fieldsOf(body)]),
  ].join('\n');
}

function schemaSection(name: string, schema: Schema): string {
  const fields = fieldsOf(schema);
  return `\n### ${name}\n\n${schema.description ?? ''}${fields === '' ? typeOf(schema) : fields}`;
}

function fieldsOf({ properties, required = [] }: Schema): string {
  if (properties === undefined) return '';
  const rows = Object.entries(properties).map(([name, schema]) => [
    required.includes(name) ? name : `${name}?`,
    typeOf(schema),
    schema.description ?? '',
  ]);
  return `\n${table(rows)}`;
}

function table(rows: readonly (readonly string[])[]): string {
  const lines = rows.map(
    ([name = '', type = '', description = '']) => `| \`${name}\` | ${cell(type)} | ${cell(description)} |`,
  );
  return `| | | |\n|---|---|---|\n${lines.join('\n')}`;
}

/** A type in a few words; of a schema with a name its name. */
function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split('/').at(-1) ?? '';
    return `[${name}](#${name.toLowerCase()})`;
  }
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum !== undefined) return schema.enum.map((one) => `\`${one}\``).join(', ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.type === 'array')
    return `list of ${schema.items === undefined ? 'anything' : typeOf(schema.items)}`;
  if (schema.properties !== undefined) return `{ ${Object.keys(schema.properties).join(', ')} }`;
  return schema.type ?? 'anything';
}

const introduction = `# Ferry's own API

Written by \`make reference\` from [openapi.json](../openapi.json), which a controller tells at \`/ferry/v1/openapi.json\`, too. The compute, identity, image, volume and network APIs are OpenStack's: [compatibility](../nova-compatibility.md). Who may call what: [routes](../routes.md). Refusals: [errors](../errors.md).

A token goes into \`Authorization: Bearer TOKEN\` or \`X-Auth-Token\`. Each answer tells its request's id in \`x-openstack-request-id\`. Lists have pages: \`limit\` (1,000 at most), and \`next\` of one answer is the \`marker\` of the next. A \`?\` behind a field: it may be left out.
`;
