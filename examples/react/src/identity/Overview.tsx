import type { IdentityState } from "../generated/graphql";
import { CopyButton } from "../parts/CopyButton";
import { Moment } from "../parts/Moment";
import { Panel } from "../parts/Panel";
import { StateBadge } from "../parts/StateBadge";
import { StateSwitch } from "./StateSwitch";

interface Props {
  identity: { id: string; schemaId: string; externalId: string | null; state: IdentityState | null; createdAt: string | null; updatedAt: string | null };
  name: string;
}

export function Overview({ identity: { id, schemaId, externalId, state, createdAt, updatedAt }, name }: Props) {
  return (
    <Panel id="overview" title="Overview">
      <dl>
        <div>
          <dt>ID</dt>
          <dd className="with-button">
            <code>{id}</code>
            <CopyButton text={id} label="Copy ID" />
          </dd>
        </div>
        {externalId !== null && (
          <div>
            <dt>External ID</dt>
            <dd>
              <code>{externalId}</code>
            </dd>
          </div>
        )}
        {state !== null && (
          <div>
            <dt>State</dt>
            <dd className="with-button">
              <StateBadge state={state} />
              <StateSwitch id={id} name={name} state={state} />
            </dd>
          </div>
        )}
        <div>
          <dt>Schema</dt>
          <dd>{schemaId}</dd>
        </div>
        <div>
          <dt>Created</dt>
          <dd>
            <Moment at={createdAt} />
          </dd>
        </div>
        <div>
          <dt>Updated</dt>
          <dd>
            <Moment at={updatedAt} />
          </dd>
        </div>
      </dl>
    </Panel>
  );
}
