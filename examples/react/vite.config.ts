import react from "@vitejs/plugin-react";
import { defineConfig, loadEnv } from "vite";

export default defineConfig(({ mode }) => {
  // Variables without the prefix VITE_ stay in this process, so the token is never part of the page.
  const env = loadEnv(mode, process.cwd(), ["API_", "KRATOS_"]);
  const { API_URL = "http://127.0.0.1:4000", API_TOKEN, KRATOS_PUBLIC_URL = "http://127.0.0.1:4433" } = env;
  const headers = API_TOKEN ? { authorization: `Bearer ${API_TOKEN}` } : undefined;
  return {
    plugins: [react()],
    // The page sends requests to its own origin, so it needs no CORS, and Kratos' cookies are those of the page. `vite preview`
    // uses this proxy too.
    server: {
      proxy: {
        "/graphql": { target: API_URL, headers },
        // The signed-in user has a session, and must not get the token as well.
        "/account/graphql": { target: API_URL, rewrite: () => "/graphql" },
        "/kratos/": { target: KRATOS_PUBLIC_URL, rewrite: (path) => path.slice("/kratos".length) },
      },
    },
  };
});
