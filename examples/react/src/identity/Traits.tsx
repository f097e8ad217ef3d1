import type { JsonObject } from "kratos-graphql/codegen";
import { Panel } from "../parts/Panel";
import { paths } from "../use-route";
import { TraitValue } from "./TraitValue";

export function Traits({ identity: { id, traits } }: { identity: { id: string; traits: JsonObject } }) {
  const edit = (
    <a className="button" href={paths.edit(id)}>
      Edit traits
    </a>
  );
  return (
    <Panel id="traits" title="Traits" aside={edit}>
      {Object.keys(traits).length === 0 ? <p className="muted">None.</p> : <TraitValue value={traits} />}
    </Panel>
  );
}
