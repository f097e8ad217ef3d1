import { isDeepStrictEqual } from "node:util";
import { randomUUID } from "node:crypto";
import type { Ledger } from "./ledger.js";

/** What may be answered while Kratos fails. Any other error is a wrong answer. */
const EXPECTED = new Set(["KRATOS_UNAVAILABLE", "KRATOS_ERROR", "OVERLOADED"]);

type Data = Record<string, any>;

interface Answer {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

interface Traits {
  readonly email: string;
  readonly name: { readonly first: string; readonly last: string };
}

/**
 * One caller with its own identities and a model of their expected state, which every response is compared with. A mutation that
 * failed may have been made, so the caller then looks up the current state.
 */
export class Caller {
  readonly #model = new Map<string, Traits>();

  constructor(
    private readonly url: string,
    private readonly key: string,
    private readonly ledger: Ledger,
  ) {}

  /** Does one thing, chosen by chance. */
  step(): Promise<void> {
    const dice = Math.random();
    if (this.#model.size < 5 || (dice < 0.1 && this.#model.size < 40)) return this.#create();
    if (dice < 0.15) return this.#createBadly();
    if (dice < 0.3) return this.#update();
    if (dice < 0.35) return this.#delete();
    if (dice < 0.4) return this.#recover();
    if (dice < 0.5) return this.#refer();
    if (dice < 0.52) return this.walk();
    return this.#read();
  }

  /** Pages through all identities: each of the caller's own must appear exactly once, in its expected state. */
  async walk(): Promise<void> {
    const seen = new Map<string, unknown>();
    const first = 20 + Math.floor(Math.random() * 200);
    let after: string | null = null;
    do {
      const page: Data | undefined = await this.#ask(
        "query Walk($first: Int!, $after: String) { identities(first: $first, after: $after) { edges { node { id traits } } pageInfo { hasNextPage endCursor } } }",
        { first, after },
      );
      if (!page?.identities) return;
      const { edges, pageInfo } = page.identities;
      for (const { node } of edges) {
        if (seen.has(node.id)) this.ledger.isWrong(`a walk came by ${node.id} twice`);
        seen.set(node.id, node.traits);
      }
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    for (const [id, traits] of this.#model) this.#expect("walk", seen.get(id), traits);
  }

  async #create(): Promise<void> {
    const traits = someTraits();
    const data = await this.#ask(
      "mutation Create($input: CreateIdentityInput!) { createIdentity(input: $input) { identity { id traits } userErrors { code } } }",
      { input: { schemaId: "default", traits } },
    );
    // Where it failed there may be one that nobody knows; its address is used by nobody else.
    if (!data?.createIdentity) return;
    const { identity, userErrors } = data.createIdentity;
    this.#expect("create", [identity?.traits, userErrors], [traits, []]);
    if (identity) this.#model.set(identity.id, traits);
  }

  async #createBadly(): Promise<void> {
    const data = await this.#ask(
      "mutation CreateBadly($input: CreateIdentityInput!) { createIdentity(input: $input) { identity { id } userErrors { code path } } }",
      { input: { schemaId: "default", traits: { email: "nobody" } } },
    );
    const fault = { code: "INVALID", path: ["input", "traits", "email"] };
    if (data?.createIdentity) this.#expect("bad create", data.createIdentity, { identity: null, userErrors: [fault] });
  }

  async #update(): Promise<void> {
    const id = this.#any();
    const traits = someTraits();
    const data = await this.#ask(
      "mutation Update($input: UpdateIdentityInput!) { updateIdentity(input: $input) { identity { id traits } userErrors { code } } }",
      { input: { id, traits } },
    );
    if (!data?.updateIdentity) return this.#learn(id, [this.#model.get(id), traits]);
    this.#expect("update", data.updateIdentity, { identity: { id, traits }, userErrors: [] });
    this.#model.set(id, traits);
  }

  async #delete(): Promise<void> {
    const id = this.#any();
    const data = await this.#ask(
      "mutation Delete($input: DeleteIdentityInput!) { deleteIdentity(input: $input) { deletedIdentityId userErrors { code } } }",
      { input: { id } },
    );
    if (!data?.deleteIdentity) return this.#learn(id, [this.#model.get(id), undefined]);
    this.#expect("delete", data.deleteIdentity, { deletedIdentityId: id, userErrors: [] });
    this.#model.delete(id);
  }

  async #recover(): Promise<void> {
    const data = await this.#ask(
      "mutation Recover($input: CreateRecoveryLinkInput!) { createRecoveryLink(input: $input) { recoveryLink { url } userErrors { code } } }",
      { input: { identityId: this.#any(), expiresIn: "1h" } },
    );
    if (data?.createRecoveryLink) this.#expect("recover", URL.canParse(data.createRecoveryLink.recoveryLink?.url), true);
  }

  async #refer(): Promise<void> {
    const ids = [...this.#model.keys(), randomUUID()];
    const data = await this.#ask("query Refer($of: [_Any!]!) { _entities(representations: $of) { ... on Identity { id traits } } }", {
      of: ids.map((id) => ({ __typename: "Identity", id })),
    });
    if (!data?._entities || data._failed) return;
    const expected = ids.map((id) => (this.#model.has(id) ? { id, traits: this.#model.get(id) } : null));
    this.#expect("refer", data._entities, expected);
  }

  async #read(): Promise<void> {
    const id = this.#any();
    const data = await this.#ask("query Read($id: ID!, $none: ID!) { identity(id: $id) { id traits } none: identity(id: $none) { id } }", {
      id,
      none: randomUUID(),
    });
    if (data && !data._failed) this.#expect("read", [data.identity, data.none], [{ id, traits: this.#model.get(id) }, null]);
  }

  /** Finds out which of two things has become of an identity. */
  async #learn(id: string, possible: readonly (Traits | undefined)[]): Promise<void> {
    for (;;) {
      const data = await this.#ask("query Learn($id: ID!) { identity(id: $id) { traits } }", { id });
      if (!data || data._failed) continue;
      const found = possible.find((traits) => isDeepStrictEqual(data.identity?.traits, traits));
      if (found === undefined && data.identity !== null) this.ledger.isWrong(`after a failed change ${id} is neither as before nor as after`);
      if (data.identity === null) this.#model.delete(id);
      else this.#model.set(id, data.identity.traits);
      return;
    }
  }

  /** @returns the data, with `_failed` if the response also has errors, or undefined if there is no response */
  async #ask(query: string, variables: object): Promise<Data | undefined> {
    const begun = performance.now();
    try {
      const response = await fetch(this.url, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${this.key}` },
        body: JSON.stringify({ query, variables }),
      });
      const { data, errors = [] } = (await response.json()) as Answer;
      this.ledger.answered(performance.now() - begun);
      for (const { message, extensions } of errors) {
        const code = extensions?.code ?? "no code";
        this.ledger.error(code);
        if (!EXPECTED.has(code)) this.ledger.isWrong(`${code}: ${message}`);
      }
      return data ? { ...data, _failed: errors.length > 0 } : undefined;
    } catch (error) {
      this.ledger.error("no answer");
      this.ledger.isWrong(`no answer: ${(error as Error).message}`);
      return undefined;
    }
  }

  #any(): string {
    const ids = [...this.#model.keys()];
    return ids[Math.floor(Math.random() * ids.length)]!;
  }

  #expect(step: string, seen: unknown, expected: unknown): void {
    if (!isDeepStrictEqual(seen, expected)) this.ledger.isWrong(`${step}: ${JSON.stringify(seen)} in place of ${JSON.stringify(expected)}`);
  }
}

function someTraits(): Traits {
  return { email: `${randomUUID()}@soak.example.com`, name: { first: "Ann", last: String(Math.floor(Math.random() * 1e9)) } };
}
