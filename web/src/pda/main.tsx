import "./pda.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { dress } from "./look";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no root element.");
dress();
globalThis.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", dress);
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
