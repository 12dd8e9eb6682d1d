/** What a picture's page and the extension tell each other. Each picture says what its bodies, orders and wishes are. */

export type Phase = "none" | "running" | "stopped";

/** From the extension to the page. */
export type ToPage<Body, Order> =
  /** The state at a stop; absent without a session. */
  | { readonly kind: "body"; readonly body: Body | undefined; readonly phase: Phase }
  /** The machine runs, or has stopped where it stood. */
  | { readonly kind: "phase"; readonly phase: Phase }
  /** Something to do: a command of VS Code's, or the answer to a wish. */
  | { readonly kind: "order"; readonly order: Order };

/** From the page to the extension. */
export type FromPage<Wish> =
  /** The page is loaded, also after it was hidden: it knows only what it has kept itself. */
  | { readonly kind: "ready" }
  | { readonly kind: "wish"; readonly wish: Wish }
  /** An error in the page's own code. */
  | { readonly kind: "failed"; readonly text: string };
