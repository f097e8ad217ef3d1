import { KratosVersionMismatchError, KratosWrongPortError } from "./errors.js";
import { askVersion, type PortCall } from "./version.js";

/*
 * What tells the two ports of Kratos apart. Both have health checks, so a URL with the wrong port looks healthy. In every
 * version only the admin port serves the version, and the public port serves self-service errors. Since v0.7 the admin port
 * redirects from there.
 */

/**
 * Asks the admin port for the version.
 * @throws {KratosWrongPortError} if it looks like the public port
 * @throws {KratosError} if it does not report a version for another reason
 */
export async function checkAdminPort(call: PortCall): Promise<string> {
  try {
    return await askVersion(call);
  } catch (error) {
    const isPublicPort = error instanceof KratosVersionMismatchError && (await succeeds(getStub(call))) && !(await hasIdentities(call));
    throw isPublicPort ? new KratosWrongPortError("getVersion", "admin") : error;
  }
}

/**
 * Asks the public port for a self-service error.
 * @throws {KratosWrongPortError} if it looks like the admin port
 * @throws {KratosError} if it does not serve self-service errors for another reason
 */
export async function checkPublicPort(call: PortCall): Promise<void> {
  try {
    await getStub(call);
  } catch (error) {
    if (error instanceof KratosVersionMismatchError && (await succeeds(askVersion(call)))) throw new KratosWrongPortError("getSelfServiceError", "public");
    throw error;
  }
}

/** Whether there are identities, even if they may not be read. A proxy can serve both APIs at one URL, without the version. */
async function hasIdentities(call: PortCall): Promise<boolean> {
  const answers = ["admin/identities", "identities"].map(async (path) => {
    const { status } = await call("listIdentities", (root) => root.get(path, { searchParams: { page_size: 1 }, throwHttpErrors: false }));
    return [200, 401, 403].includes(status);
  });
  return (await Promise.all(answers.map((answer) => answer.catch(() => false)))).includes(true);
}

/** Gets an example that every Kratos has. */
function getStub(call: PortCall): Promise<unknown> {
  return call("getSelfServiceError", (root) => root.get("self-service/errors", { searchParams: { error: "stub:500" } }).json());
}

function succeeds(request: Promise<unknown>): Promise<boolean> {
  return request.then(
    () => true,
    () => false,
  );
}
