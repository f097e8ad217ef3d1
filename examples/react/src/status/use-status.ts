import { createContext, useContext } from "react";

export const StatusContext = createContext<(message: string) => void>(() => {});

/** Says something to the user in passing: shown for a while, and read out. */
export function useStatus(): (message: string) => void {
  return useContext(StatusContext);
}
