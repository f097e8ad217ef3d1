import type { TraitField } from "./trait-fields";

interface Props {
  field: Exclude<TraitField, { kind: "group" }>;
  invalid: boolean;
}

/** The input element of a field. */
export function TraitControl({ field, invalid }: Props) {
  const common = {
    id: field.key,
    name: field.key,
    "aria-required": field.required,
    "aria-invalid": invalid,
    "aria-describedby": `${field.key}-notes`,
  };
  switch (field.kind) {
    case "text":
      return <input {...common} type={field.inputType} autoComplete="off" />;
    case "number":
      return <input {...common} inputMode="decimal" autoComplete="off" />;
    case "boolean":
      return <input {...common} type="checkbox" />;
    case "list":
    case "json":
      return <textarea {...common} rows={3} />;
    case "choice":
      return (
        <select {...common} defaultValue="">
          <option value="">–</option>
          {field.choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      );
  }
}
