import { GoJsonError, goJson } from "../go/go-json.js";

/** One operation of RFC 6902, of the kinds Kratos applies. */
export interface PatchOperation {
  op: "add" | "remove" | "replace";
  path: string;
  value?: unknown;
}

/** A patch that Kratos refuses, in its words. */
export class JsonPatchError extends Error {}

const rfc6902 = ["add", "remove", "replace", "move", "copy", "test"];
const denied = [/^\/id$/i, /^\/statechangedat$/i, /^\/credentials$/i, /^\/credentials\/oidc\/.*$/i];

/** Reads a patch document. Kratos knows `test`, `move` and `copy`, and turns them all down. */
export function parsePatch(text: string): PatchOperation[] {
  const operations = parse(text);
  for (const operation of operations) {
    const fault = (reason: string) => new JsonPatchError(`invalid operation ${JSON.stringify(operation)}: ${reason}`);
    if (!rfc6902.includes(operation.op)) throw fault("unsupported operation");
    if (/^(add|replace|test)$/.test(operation.op) && !("value" in operation))
      throw fault("failed to decode 'value': operation, missing value field: missing value");
  }
  for (const { op, path } of operations) {
    if (!/^(add|remove|replace)$/.test(op)) throw new JsonPatchError(`unsupported operation: ${op}`);
    if (denied.some((pattern) => pattern.test(path))) throw new JsonPatchError(`patch includes denied path: ${path}`);
  }
  return operations;
}

function parse(text: string): PatchOperation[] {
  try {
    const value = goJson(text);
    if (value === null) return [];
    if (!Array.isArray(value)) throw new JsonPatchError("json: cannot unmarshal object into Go value of type jsonpatch.Patch");
    return value as PatchOperation[];
  } catch (error) {
    throw error instanceof GoJsonError ? new JsonPatchError("invalid state detected") : error;
  }
}

/** Applies a patch to a copy; what a path has no parents for is made on the way, and `replace` adds what is missing. */
export function applyPatch(document: Record<string, unknown>, operations: readonly PatchOperation[]): Record<string, unknown> {
  const copy = structuredClone(document);
  for (const operation of operations) {
    const steps = operation.path
      .split("/")
      .slice(1)
      .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
    applyAt(copy, steps, operation);
  }
  return copy;
}

function applyAt(container: Record<string, unknown>, steps: readonly string[], operation: PatchOperation): void {
  const [step = "", ...rest] = steps;
  if (rest.length > 0) {
    const next = container[step];
    if (typeof next !== "object" || next === null) {
      if (operation.op === "remove")
        throw new JsonPatchError(
          `${operation.op} operation does not apply: doc is missing path: ${JSON.stringify(operation.path)}: missing value`,
        );
      container[step] = {};
    }
    applyAt(container[step] as Record<string, unknown>, rest, operation);
  } else if (Array.isArray(container)) {
    const index = step === "-" ? container.length : Number(step);
    const inserted = operation.op === "remove" ? [] : [operation.value];
    container.splice(index, operation.op === "add" ? 0 : 1, ...inserted);
  } else if (operation.op === "remove") {
    if (!(step in container))
      throw new JsonPatchError(`error in remove for path: '${operation.path}': unable to remove nonexistent key: ${step}: missing value`);
    delete container[step];
  } else {
    container[step] = operation.value;
  }
}
