type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

/**
 * A noun of the model as the body of a reply. Both are the same, field by field, which the compiler holds: but types of bodies are
 * not read-only, as those of the model are.
 */
export function asBody<Body>(noun: DeepReadonly<Body>): Body {
  return noun as Body;
}
