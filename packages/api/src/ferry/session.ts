import { type Static, Type } from 'typebox';
import { component, nullable } from './schema-parts.ts';

const text = (maxLength: number, description: string) =>
  Type.String({ minLength: 1, maxLength, pattern: '^[^\\u0000]*$', description });

/** Who signs in to the dashboard. */
export const SignInSchema = Type.Object(
  {
    user: text(255, 'name of the user'),
    password: text(4096, 'never written down'),
    project: Type.Optional(
      nullable(
        text(
          255,
          "name of the project to work in; left out: the user's own one, else the first project, else the system",
        ),
      ),
    ),
    domain: Type.Optional(
      nullable(text(255, 'domain of both, where a Keystone knows the users; `Default` unless said')),
    ),
  },
  { additionalProperties: false },
);
export type SignInBody = Static<typeof SignInSchema>;

/** Who is signed in, by the cookie or the token of the request. */
export const SessionSchema = component(
  'Session',
  Type.Object({
    user: nullable(
      Type.Object({
        id: Type.String({ description: 'of the identity service, for its addresses of a user' }),
        name: Type.String(),
        role: nullable(
          Type.Union([Type.Literal('reader'), Type.Literal('operator'), Type.Literal('admin')], {
            description: "what it may do with Ferry's own API; null: nothing",
          }),
        ),
        roles: Type.Array(Type.String(), { description: 'as the identity service has them' }),
        project: nullable(Type.String({ description: 'name; null: the system' })),
        projects: Type.Array(Type.String(), { description: 'names of those that it has a role in' }),
        expiresAt: nullable(Type.String({ description: 'when the session ends; null: nobody here knows' })),
      }),
      { description: 'null: nobody is signed in' },
    ),
    identity: Type.Union([Type.Literal('own'), Type.Literal('keystone')], {
      description: 'who knows the users: Ferry itself, or a Keystone',
    }),
    version: Type.String({ description: 'of the controller' }),
    startedAt: Type.String({ description: 'of the controller' }),
  }),
);
export type SessionBody = Static<typeof SessionSchema>;
