import type { JsonValue } from "kratos-graphql/codegen";
import type { TraitField } from "./trait-fields";
import { textOf } from "./trait-values";

interface Props {
  field: Exclude<TraitField, { kind: "group" }>;
  value: JsonValue | undefined;
  invalid: boolean;
}

/** The input element of a field. */
export function TraitControl({ field, value, invalid }: Props) {
  const common = {
    id: field.key,
    name: field.key,
    "aria-required": field.required,
    "aria-invalid": invalid,
    "aria-describedby": `${field.key}-notes`,
  };
  if (field.kind === "boolean") return <input {...common} type="checkbox" defaultChecked={value === true} />;
  const text = { ...common, defaultValue: textOf(field, value), autoComplete: "off" };
  switch (field.kind) {
    case "text":
      return <input {...text} type={field.inputType} />;
    case "number":
      return <input {...text} inputMode="decimal" />;
    case "list":
    case "json":
      return <textarea {...text} rows={3} />;
    case "choice":
      return (
        <select {...text}>
          <option value="">–</option>
          {field.choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      );
  }
}
