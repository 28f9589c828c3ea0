import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./design";
import { App } from "./App";
import { connect } from "./state/connect";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element with the id root");

connect();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
