import { DOC_EXPLORER_PLUGIN } from "@graphiql/plugin-doc-explorer";
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import "graphiql/style.css";
import { createElement } from "react";
import { createRoot } from "react-dom/client";
import "./page.css";

/* The script of the page /explorer/, which src/server/explorer/graphiql.ts renders. It runs in browsers. */

const WORKERS = { json: "json.worker.js", graphql: "graphql.worker.js" };

globalThis.MonacoEnvironment = {
  getWorker: (_id, language) => new Worker(new URL(WORKERS[language] ?? "editor.worker.js", import.meta.url), { type: "module" }),
};

const tabs = JSON.parse(document.getElementById("samples").textContent);
// GraphiQL keeps the tabs of the user, and does not show the variables of the first tab by itself.
const isFirstVisit = localStorage.getItem("graphiql:tabState") === null;

// The server refuses two credentials in one request, and the browser of a signed-in user has a cookie of Kratos.
const CREDENTIALS = ["authorization", "x-session-token"];
const fetchWithOneCredential = (url, init) => {
  const isTyped = CREDENTIALS.some((name) => new Headers(init.headers).get(name));
  return fetch(url, { ...init, credentials: isTyped ? "omit" : "same-origin" });
};

createRoot(document.getElementById("explorer")).render(
  createElement(GraphiQL, {
    fetcher: createGraphiQLFetcher({ url: new URL("../graphql", location.href).href, fetch: fetchWithOneCredential }),
    defaultTabs: tabs,
    initialVariables: isFirstVisit ? tabs[0].variables : undefined,
    defaultEditorToolsVisibility: "variables",
    // On a phone, the documentation would cover the operation.
    visiblePlugin: matchMedia("(min-width: 800px)").matches ? DOC_EXPLORER_PLUGIN : undefined,
    inputValueDeprecation: true,
    // The history, a plugin that is on by default, would keep the API keys that were sent as headers.
    plugins: [],
  }),
);
