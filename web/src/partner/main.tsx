import "./partner.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { PartnerPage } from "./PartnerPage";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no root element.");
createRoot(root).render(
  <StrictMode>
    <PartnerPage />
  </StrictMode>,
);
