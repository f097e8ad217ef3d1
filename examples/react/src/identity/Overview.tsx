import { CopyButton } from "../parts/CopyButton";
import { Moment } from "../parts/Moment";

interface Props {
  identity: { id: string; schemaId: string; createdAt: string | null; updatedAt: string | null };
}

export function Overview({ identity: { id, schemaId, createdAt, updatedAt } }: Props) {
  return (
    <section className="panel" aria-labelledby="overview">
      <h2 id="overview">Overview</h2>
      <dl>
        <div>
          <dt>ID</dt>
          <dd className="with-button">
            <code>{id}</code>
            <CopyButton text={id} label="Copy ID" />
          </dd>
        </div>
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
    </section>
  );
}
