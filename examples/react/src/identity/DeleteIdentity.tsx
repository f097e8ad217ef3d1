import { useMutation } from "@apollo/client/react";
import { useRef } from "react";
import { DeleteIdentityDocument } from "../generated/graphql";
import { MEANINGS } from "../parts/meanings";
import { messageOf } from "../parts/message-of";
import { useStatus } from "../status/use-status";
import { goTo, paths } from "../use-route";
import { removeFromList } from "./remove-from-list";

/** Deletes an identity after confirmation. */
export function DeleteIdentity({ id, name }: { id: string; name: string }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const say = useStatus();
  const [remove, { data, error, loading, reset }] = useMutation(DeleteIdentityDocument, {
    variables: { input: { id } },
    update: (cache, result) => {
      if (result.data?.deleteIdentity?.deletedIdentityId) removeFromList(cache, id);
    },
    onCompleted: ({ deleteIdentity }) => {
      if (!deleteIdentity?.deletedIdentityId) return;
      goTo(paths.list);
      say(`${name} was deleted.`);
    },
    // The error is in `error`.
    onError: () => undefined,
  });
  const errors = error ? [messageOf(error)] : (data?.deleteIdentity?.userErrors.map(({ code }) => MEANINGS[code]) ?? []);

  return (
    <section className="panel" aria-labelledby="delete">
      <h2 id="delete">Delete</h2>
      <p className="muted">Permanently deletes the identity and its sessions.</p>
      <button type="button" className="danger" onClick={() => dialog.current?.showModal()}>
        Delete identity…
      </button>
      {/* The browser traps the focus, closes the dialog with Escape, and restores the focus. */}
      <dialog ref={dialog} aria-labelledby="delete-question" onClose={reset}>
        <h2 id="delete-question">
          Delete <bdi>{name}</bdi>?
        </h2>
        <p>This cannot be undone.</p>
        {errors.length > 0 && (
          <p className="field-error" role="alert">
            {errors.join(" ")}
          </p>
        )}
        <div className="buttons">
          <button type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="button" className="danger solid" aria-disabled={loading} onClick={() => void (loading || remove())}>
            {loading ? "Deleting…" : "Delete"}
          </button>
        </div>
      </dialog>
    </section>
  );
}
