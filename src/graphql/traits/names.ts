/**
 * Makes a GraphQL name of a key or a value in an identity schema: characters that are not allowed become `_`, and one `_` is before a
 * digit, before a name that every JavaScript object has, and instead of `__`. The same text always has the same name.
 * @returns undefined if it has no letter or digit, or some outside of ASCII: a name is forever, so it is not guessed
 */
export function toName(text: string): string | undefined {
  if (!/[0-9A-Za-z]/.test(text) || /\P{ASCII}/u.test(text)) return undefined;
  const name = text.replace(/[^0-9A-Za-z_]+/g, "_").replace(/^__+/, "_").replace(/^(?=\d)/, "_");
  // graphql-js takes the constructor of an input object for a value of its field "constructor".
  return name in {} ? `_${name}` : name;
}

const NOT_ENUM_VALUES: ReadonlySet<string> = new Set(["true", "false", "null"]);

/** @returns undefined if not every value has a name of its own */
export function toEnumNames(values: readonly string[]): readonly string[] | undefined {
  const names = values.flatMap((value) => {
    const name = toName(value);
    return name === undefined || NOT_ENUM_VALUES.has(name) ? [] : [name];
  });
  return new Set(names).size === values.length ? names : undefined;
}
