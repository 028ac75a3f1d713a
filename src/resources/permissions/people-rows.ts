import type { Action } from "../../permissions/actions.ts";
import { bitsOf } from "../../permissions/bits.ts";
import { type Detail, fold } from "../../permissions/fold.ts";
import type { EffectiveAccess } from "./effective-access.ts";
import type { PlacedToken } from "./place-index.ts";
import type { Row } from "./rows.ts";

interface PersonsActions {
  readonly actions: Action[];
  readonly via: Set<string>;
  direct: boolean;
}

/** Who really holds what on a token, person by person, inherited or through groups: in place of what entries say. */
export function peopleRowsOf(token: PlacedToken, effective: EffectiveAccess, detail: Detail): Row[] {
  const { actions, place, canonical } = token;
  const projectId = place.type === "project" ? place.id : place.projectId;
  const people = new Map<string, PersonsActions>();
  for (const action of actionsAt(token)) {
    const question = { namespace: actions.namespace, action, token: canonical, projectId };
    for (const subjectId of effective.holdersOf(question)) {
      const person = people.get(subjectId) ?? { actions: [], via: new Set(), direct: false };
      people.set(subjectId, person);
      person.actions.push(action);
      const { paths, list } = effective.explain(subjectId, question);
      const isHere = list?.canonical === canonical;
      for (const path of paths) {
        const holder = path.at(-1);
        if (holder === subjectId) person.direct ||= isHere;
        else if (holder !== undefined) person.via.add(holder);
      }
    }
  }
  const bundled = place.type === "repository" && place.inner === "";
  return [...people].flatMap(([subjectId, { actions: held, via, direct }]) =>
    fold(held, { detail, bundled, inner: place.inner, pinned: new Set() }).map((told) => ({
      subjectId,
      told,
      token,
      direct,
      expandable: false,
      via: [...via].sort(),
      system: false,
    })),
  );
}

/** The namespace's actions, and the bits without a name that a list on the way to the token allows. */
function actionsAt({ actions, table, canonical }: PlacedToken): readonly Action[] {
  const found = new Set(actions.known);
  for (const { entries } of table.chain(canonical)) {
    for (const { allow } of entries) for (const bit of bitsOf(allow)) found.add(actions.of(bit));
  }
  return [...found].sort((a, b) => a.bit - b.bit);
}
