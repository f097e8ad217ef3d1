import { createContext, useContext } from "react";

export const StatusContext = createContext<(message: string) => void>(() => {});

/** Returns a function that shows a short message to the user. */
export function useStatus(): (message: string) => void {
  return useContext(StatusContext);
}
