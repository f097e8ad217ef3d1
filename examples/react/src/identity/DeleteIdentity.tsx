import { useMutation } from "@apollo/client/react";
import { DeleteIdentityDocument } from "../generated/graphql";
import { Confirm } from "../parts/Confirm";
import { Panel } from "../parts/Panel";
import { useStatus } from "../status/use-status";
import { goTo, paths } from "../use-route";
import { removeFromList } from "./remove-from-list";

/** Deletes an identity after confirmation. */
export function DeleteIdentity({ id, name }: { id: string; name: string }) {
  const say = useStatus();
  const [remove] = useMutation(DeleteIdentityDocument, {
    variables: { input: { id } },
    update: (cache, { data }) => void (data?.deleteIdentity?.deletedIdentityId && removeFromList(cache, id)),
  });
  return (
    <Panel id="delete" title="Delete">
      <p className="muted">Permanently deletes the identity and its sessions.</p>
      <Confirm
        label="Delete identity…"
        danger
        question={
          <>
            Delete <bdi>{name}</bdi>?
          </>
        }
        action="Delete"
        onConfirm={async () => (await remove()).data?.deleteIdentity?.userErrors}
        onDone={() => {
          goTo(paths.list);
          say(`${name} was deleted.`);
        }}
      >
        <p>This cannot be undone.</p>
      </Confirm>
    </Panel>
  );
}
