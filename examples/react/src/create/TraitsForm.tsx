import { useMutation } from "@apollo/client/react";
import { useEffect, useRef, type FormEvent } from "react";
import { CreateIdentityDocument } from "../generated/graphql";
import { messageOf } from "../parts/message-of";
import { nameOf } from "../parts/name-of";
import { useStatus } from "../status/use-status";
import { goTo, paths } from "../use-route";
import { ErrorSummary } from "./ErrorSummary";
import { sortErrors } from "./sort-errors";
import { TraitInput } from "./TraitInput";
import { traitFieldsOf } from "./trait-fields";
import { traitsFrom } from "./traits-from";

/** The form for the traits of one identity schema. */
export function TraitsForm({ schemaId, schema }: { schemaId: string; schema: Record<string, unknown> }) {
  const form = useRef<HTMLFormElement>(null);
  const say = useStatus();
  const fields = traitFieldsOf(schema);
  const [create, { data, error, loading }] = useMutation(CreateIdentityDocument, {
    // The new identity can be anywhere in the list.
    update: (cache, result) => void (result.data?.createIdentity?.identity && cache.evict({ fieldName: "identities" })),
    onCompleted: ({ createIdentity }) => {
      if (!createIdentity?.identity) return;
      say(`${nameOf(createIdentity.identity)} was created.`);
      goTo(paths.identity(createIdentity.identity.id));
    },
    // The error is in `error`.
    onError: () => undefined,
  });
  const userErrors = data?.createIdentity?.userErrors ?? [];
  const { byField, other } = sortErrors(userErrors, fields);

  // Focus the first field with an error, or the summary if there is none.
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
    // Kratos validates the input, so that the rules are in one place.
    <form ref={form} onSubmit={submit} noValidate>
      {error && <ErrorSummary errors={[messageOf(error)]} />}
      {userErrors.length > 0 && <ErrorSummary errors={other} />}
      {fields.map((field) => (
        <TraitInput key={field.key} field={field} errors={byField} />
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
