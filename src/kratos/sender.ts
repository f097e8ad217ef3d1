/** One request to Kratos, whichever release it is. */
export interface KratosRequest {
  /** Ory's name of the operation, for errors and logs. */
  readonly operation: string;
  readonly port?: "admin" | "public";
  readonly method?: "get" | "post" | "put" | "patch" | "delete";
  /** Path with a leading slash; whatever a caller gave in it is encoded. */
  readonly path: string;
  readonly query?: ConstructorParameters<typeof URLSearchParams>[0];
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** Whether a GET may be sent again when it fails (default true). */
  readonly retry?: boolean;
  /** A deadline before the configured one, in the time of performance.now(). */
  readonly deadline?: number;
  /** Whether it goes before the queue and is never refused: for the few that all others wait for (default false). */
  readonly ahead?: boolean;
}

/** What came back; whatever the status, it is an answer. */
export interface KratosAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly location: string;
  readonly link: string;
  readonly date: string;
  readonly retryAfter: string;
  readonly body: Buffer;
}

/** What requests to Kratos can be given to. */
export interface KratosSender {
  send(request: KratosRequest): Promise<KratosAnswer>;
}
