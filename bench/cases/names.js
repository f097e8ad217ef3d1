/** @returns the text with its names in snake case, for the servers that keep Kratos' names */
export function snakeCase(text) {
  return text.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** @returns the value with all its keys in camel case */
export function camelCase(value) {
  if (Array.isArray(value)) return value.map(camelCase);
  if (typeof value !== "object" || value === null) return value;
  const rename = (key) => key.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [rename(key), camelCase(member)]));
}
