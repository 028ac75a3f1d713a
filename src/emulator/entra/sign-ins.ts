import type { Application } from "./applications.ts";
import type { Person } from "./people.ts";
import type { Asked } from "./resources.ts";

/** A person who signed in to an application, and what the application may do for them. */
export interface SignIn {
  readonly application: Application;
  readonly person: Person;
  readonly asked: Asked;
  readonly nonce?: string | undefined;
}
