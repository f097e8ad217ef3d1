import { useMutation } from "@apollo/client/react";
import { useEffect, useRef, type FormEvent } from "react";
import { CreateIdentityDocument } from "../generated/graphql";
import { messageOf } from "../parts/message-of.ts";
import { nameOf } from "../parts/name-of.ts";
import { useStatus } from "../status/use-status.ts";
import { goTo, paths } from "../use-route.ts";
import { FaultSummary } from "./FaultSummary";
import { sortFaults } from "./sort-faults.ts";
import { TraitInput } from "./TraitInput";
import { traitFieldsOf } from "./trait-fields.ts";
import { traitsFrom } from "./traits-from.ts";

/** The form for the traits of one identity schema. */
export function TraitsForm({ schemaId, schema }: { schemaId: string; schema: Record<string, unknown> }) {
  const form = useRef<HTMLFormElement>(null);
  const say = useStatus();
  const fields = traitFieldsOf(schema);
  const [create, { data, error, loading }] = useMutation(CreateIdentityDocument, {
    // The new identity may stand anywhere in the list.
    update: (cache, result) => void (result.data?.createIdentity?.identity && cache.evict({ fieldName: "identities" })),
    onCompleted: ({ createIdentity }) => {
      if (!createIdentity?.identity) return;
      say(`${nameOf(createIdentity.identity)} was created.`);
      goTo(paths.identity(createIdentity.identity.id));
    },
    // What goes wrong is in `error`.
    onError: () => undefined,
  });
  const userErrors = data?.createIdentity?.userErrors ?? [];
  const { atField, elsewhere } = sortFaults(userErrors, fields);

  // The first field with a fault gets the focus; the summary, where there is none.
  useEffect(() => {
    const first = form.current?.querySelector<HTMLElement>("[aria-invalid=true]") ?? form.current?.querySelector<HTMLElement>("[role=alert]");
    first?.focus();
  }, [data, error]);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (loading) return;
    const traits = traitsFrom(fields, new FormData(event.currentTarget));
    void create({ variables: { input: { schemaId, traits } } });
  };

  return (
    // Kratos checks what was typed, so that there is one place that knows the rules.
    <form ref={form} onSubmit={submit} noValidate>
      {error && <FaultSummary faults={[messageOf(error)]} />}
      {userErrors.length > 0 && <FaultSummary faults={elsewhere} />}
      {fields.map((field) => (
        <TraitInput key={field.key} field={field} faults={atField} />
      ))}
      <div className="buttons">
        <a className="button" href={paths.list}>
          Cancel
        </a>
        <button type="submit" className="primary" aria-disabled={loading}>
          {loading ? "Creating…" : "Create identity"}
        </button>
      </div>
    </form>
  );
}
