import { namespaceIds } from "../../namespace-ids.ts";
import type { ListContext } from "./context.ts";
import { allow, deny, projectScopes, setList } from "./context.ts";
import { projectEntries } from "./holders.ts";

const { identity } = namespaceIds;
const administer = 31;
const manageMembership = 8;

/** Who administers the groups of a project and of the organization, beside its teams (facts 4.2, 4.8). */
export function seedGroupLists(context: ListContext): void {
  const { builder, collection, people, random } = context;
  for (const scope of projectScopes(context)) {
    const { groups, made, project } = scope;
    const token = (group: number) => `${project.id}\\${builder.subject(group).storageKey}`;
    for (const group of [groups.contributors, groups.readers, ...groups.others]) {
      const owners = projectEntries(context, scope, {
        collectionAdministrators: administer,
        administrators: administer,
      });
      setList(builder, identity, token(group), [...owners, allow(groups.validUsers, 1)]);
    }
    for (const group of made) {
      const maker = random.pick(people.users);
      const helper = random.chance(0.2) ? [allow(random.pick(people.users), manageMembership)] : [];
      const refused = random.chance(0.1) ? [deny(groups.administrators, manageMembership)] : [];
      setList(builder, identity, token(group), [allow(maker, administer), ...helper, ...refused]);
    }
  }
  const ofCollection = people.made.filter((index) => builder.subject(index).group?.project === undefined);
  for (const group of [
    collection.administrators,
    collection.buildServiceAccounts,
    ...collection.others,
    ...ofCollection,
  ]) {
    const key = builder.subject(group).storageKey;
    const maker = random.chance(0.4) ? [allow(random.pick(people.users), administer)] : [];
    const owners = [allow(collection.administrators, administer), ...maker, allow(collection.validUsers, 1)];
    setList(builder, identity, `${builder.collectionId}\\${key}`, owners);
  }
}
