import { type Static, type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { fewOf } from '../routing/problem-reply.ts';
import { NovaFault } from './nova-fault.ts';

/** What of a validator's findings is used. */
interface SchemaError {
  readonly keyword: string;
  readonly schemaPath: string;
  readonly instancePath: string;
  readonly params: object;
  readonly message: string;
}

/** What of a compiled schema is used. */
interface Validator {
  Check(value: unknown): boolean;
  Errors(value: unknown): Iterable<SchemaError>;
}

/** Fields that are written about, and characters of a value that are told. */
const maxWritten = 100;
const maxShown = 200;

const compiled = new WeakMap<TSchema, Validator>();

/** The value, when it is as the schema says; otherwise a refusal that names everything that is wrong with it. `name`: the field it is. */
export function requireBody<const Schema extends TSchema>(
  schema: Schema,
  value: unknown,
  name: string,
): Static<Schema> {
  let validator = compiled.get(schema);
  if (validator === undefined) {
    validator = Compile(schema);
    compiled.set(schema, validator);
  }
  if (validator.Check(value)) return value as Static<Schema>;
  const problems = problemsOf([...validator.Errors(value)], value, name);
  throw new NovaFault(400, fewOf(problems).join(' '));
}

/** What Nova takes for yes and no. */
const yes = ['True', 'TRUE', 'true', '1', 'ON', 'On', 'on', 'YES', 'Yes', 'yes', 'y', 't'] as const;
const no = ['False', 'FALSE', 'false', '0', 'OFF', 'Off', 'off', 'NO', 'No', 'no', 'n', 'f'] as const;
export const LooseBoolean = Type.Union([Type.Boolean(), Type.Enum([...yes, ...no])]);

/** Whether one of Nova's many words for it says yes. */
export function isYes(value: boolean | string): boolean {
  return value === true || (yes as readonly unknown[]).includes(value);
}

/** Whether it is one of Nova's words for yes or no at all. */
export function isLooseBoolean(value: string): boolean {
  return ([...yes, ...no] as readonly string[]).includes(value);
}

function problemsOf(errors: readonly SchemaError[], value: unknown, name: string): string[] {
  // What the parts of a choice say is told by the choice; a field that is too many is told by its object.
  const telling = errors.filter(
    ({ keyword, schemaPath }) => keyword !== 'boolean' && !/\/anyOf\/\d/.test(schemaPath),
  );
  const byPath = Map.groupBy(telling, ({ instancePath }) => instancePath);
  const others = Map.groupBy(errors, ({ instancePath }) => instancePath);
  return [...byPath].map(([path, found], index) => {
    const field = [name, ...path.split('/').slice(1)].join('.');
    // Those that nobody is told are counted, and not written.
    if (index > maxWritten) return field;
    const said = fewOf(found.flatMap((error) => sentences(error, others.get(path) ?? [])));
    return `Invalid input for field/attribute ${field}. Value: ${shown(at(value, path))}. ${said.join('. ')}.`;
  });
}

function sentences(error: SchemaError, all: readonly SchemaError[]): string[] {
  const { keyword, instancePath, params } = error;
  if (keyword === 'required' && 'requiredProperties' in params)
    return (params.requiredProperties as string[]).map((field) => `'${field}' is a required property`);
  if (keyword === 'additionalProperties' && 'additionalProperties' in params) {
    const fields = fewOf((params.additionalProperties as string[]).map((field) => `'${field}'`)).join(', ');
    return [`Additional properties are not allowed (${fields} was unexpected)`];
  }
  if (keyword === 'enum' && 'allowedValues' in params)
    return [`It is not one of ${JSON.stringify(params.allowedValues)}`];
  if (keyword !== 'anyOf') return [`It ${error.message}`];
  const parts = all.filter(
    (one) => one.instancePath === instancePath && /\/anyOf\/\d+$/.test(one.schemaPath),
  );
  const said = parts.map((one) =>
    'allowedValues' in one.params ? `be one of ${JSON.stringify(one.params.allowedValues)}` : one.message,
  );
  return [`It must ${said.map((one) => one.replace(/^must /, '')).join(', or ')}`];
}

/** A value as it is told, its beginning where it is long. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= maxShown ? text : `${text.slice(0, maxShown)}…`;
}

/** The part of a value at a path of `/`, as validators name it. */
function at(value: unknown, path: string): unknown {
  let part = value;
  for (const key of path.split('/').slice(1)) part = (part as Record<string, unknown> | undefined)?.[key];
  return part;
}
