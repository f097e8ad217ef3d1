import { KratosNotFoundError } from "../../kratos/index.js";

/** What is asked for, or null where Kratos has no such thing. */
export async function nullIfNotFound<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof KratosNotFoundError) return null;
    throw error;
  }
}
