import { createRoot } from "react-dom/client";
import { Conversation } from "./conversation";
import "./styles/base.css";
import "./styles/page.css";
import "./styles/cards.css";
import { App } from "./ui/App";
import { showView } from "./view";

showView();
const conversation = new Conversation();
createRoot(document.getElementById("app")!).render(<App conversation={conversation} />);
conversation.start();

// The keyboard of a phone covers the page's foot unless the page becomes lower.
const viewport = window.visualViewport;
viewport?.addEventListener("resize", () => {
  if (viewport.scale > 1.01) return;
  document.documentElement.style.setProperty("--height", `${viewport.height}px`);
});
