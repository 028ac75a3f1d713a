/** What people read for the actions whose titles are published; the others are worded from their names (SPEC, DOCS). */
const published: Readonly<Record<string, string>> = Object.fromEntries(
  `Git Repositories.GenericRead=Read
Git Repositories.GenericContribute=Contribute
Git Repositories.ForcePush=Force push (rewrite history, delete branches and tags)
Git Repositories.CreateBranch=Create branch
Git Repositories.CreateTag=Create tag
Git Repositories.ManageNote=Manage notes
Git Repositories.PolicyExempt=Bypass policies when pushing
Git Repositories.CreateRepository=Create repository
Git Repositories.DeleteRepository=Delete or disable repository
Git Repositories.RenameRepository=Rename repository
Git Repositories.EditPolicies=Edit policies
Git Repositories.RemoveOthersLocks=Remove others' locks
Git Repositories.ManagePermissions=Manage permissions
Git Repositories.PullRequestContribute=Contribute to pull requests
Git Repositories.PullRequestBypassPolicy=Bypass policies when completing pull requests
Git Repositories.ViewAdvSecAlerts=Advanced Security: view alerts
Git Repositories.DismissAdvSecAlerts=Advanced Security: manage and dismiss alerts
Git Repositories.ManageAdvSecScanning=Advanced Security: manage settings
Project.GENERIC_READ=View project-level information
Project.GENERIC_WRITE=Edit project-level information
Project.DELETE=Delete team project
Project.WORK_ITEM_DELETE=Delete and restore work items
Project.WORK_ITEM_MOVE=Move work items out of this project
Project.WORK_ITEM_PERMANENTLY_DELETE=Permanently delete work items
Project.RENAME=Rename team project
Project.MANAGE_PROPERTIES=Manage project properties
Project.BYPASS_RULES=Bypass rules on work item updates
Project.SUPPRESS_NOTIFICATIONS=Suppress notifications for work item updates
Project.UPDATE_VISIBILITY=Update project visibility
Project.CHANGE_PROCESS=Change process of team project.
Project.PUBLISH_TEST_RESULTS=Create test runs
Project.DELETE_TEST_RESULTS=Delete test runs
Project.VIEW_TEST_RESULTS=View test runs
Collection.GENERIC_READ=View instance-level information
Collection.GENERIC_WRITE=Edit instance-level information
Collection.CREATE_PROJECTS=Create new projects
Collection.MANAGE_TEMPLATE=Manage process template
Collection.DELETE_FIELD=Delete field from organization
Collection.MANAGE_ENTERPRISE_POLICIES=Manage enterprise policies
Server.Impersonate=Make requests on behalf of others
CSS.GENERIC_READ=View permissions for this node
CSS.GENERIC_WRITE=Edit this node
CSS.CREATE_CHILDREN=Create child nodes
CSS.DELETE=Delete this node
CSS.WORK_ITEM_READ=View work items in this node
CSS.WORK_ITEM_WRITE=Edit work items in this node
CSS.WORK_ITEM_SAVE_COMMENT=Edit work item comments in this node
Iteration.GENERIC_READ=View permissions for this node
Iteration.GENERIC_WRITE=Edit this node
Build.ViewBuilds=View builds
Build.QueueBuilds=Queue builds
Build.EditBuildDefinition=Edit build pipeline
Build.DeleteBuildDefinition=Delete build pipeline
Build.ViewBuildDefinition=View build pipeline
Build.AdministerBuildPermissions=Administer build permissions
Build.OverrideBuildCheckInValidation=Override check-in validation by build
Tagging.Enumerate=Enumerate tag definition
Tagging.Create=Create tag definition`
    .split("\n")
    .map((line) => {
      const equals = line.indexOf("=");
      return [line.slice(0, equals), line.slice(equals + 1)];
    }),
);

function worded(name: string): string {
  const spaced = name
    .replace(/_/g, " ")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase();
  return spaced.slice(0, 1).toUpperCase() + spaced.slice(1);
}

/** The English title of an action. */
export function englishTitle(namespace: string, action: string): string {
  return published[`${namespace}.${action}`] ?? worded(action);
}

const german: Readonly<Record<string, string>> = Object.fromEntries(
  `read=lesen view=anzeigen edit=bearbeiten write=schreiben delete=löschen create=erstellen manage=verwalten administer=verwalten
contribute=mitwirken permissions=Berechtigungen permission=Berechtigung policies=Richtlinien policy=Richtlinie project=Projekt
projects=Projekte repository=Repository branch=Branch tag=Tag notes=Notizen build=Build builds=Builds pipeline=Pipeline
release=Release releases=Releases rename=umbenennen bypass=umgehen rules=Regeln on=bei of=von when=beim and=und or=oder to=zu
this=diesem node=Knoten nodes=Knoten child=untergeordnete work=Arbeits items=elemente item=element in=in updates=Aktualisierungen
use=verwenden force=erzwungener push=Push history=Verlauf rewrite=umschreiben team=Team information=Informationen others=anderer
disable=deaktivieren locks=Sperren generic=allgemein queue=einreihen stop=anhalten requests=Anforderungen make=stellen
identity=Identität membership=Mitgliedschaft view=anzeigen streams=Datenströme update=aktualisieren visibility=Sichtbarkeit`
    .split(/\s+/)
    .map((pair) => pair.split("=")),
);

/** The title in German, word by word: not as Microsoft has it, but like it neither English nor the name. */
export function germanTitle(title: string): string {
  const words = title.replace(/[A-Za-z]+/g, (word) => german[word.toLowerCase()] ?? word);
  return words === title ? `${title} (Aktion)` : words.slice(0, 1).toUpperCase() + words.slice(1);
}
