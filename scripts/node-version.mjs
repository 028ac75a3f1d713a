// Says in plain words when the Node that npm scripts find is too old: npm may have blocked the install script that
// brings the package `node` its binary.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major > 22 || (major === 22 && minor >= 19)) {
  console.log(`Node ${process.versions.node}`);
} else {
  console.error(
    `This needs Node 22.19 or later, and npm scripts run on ${process.versions.node}. ` +
      "`npm ci` brings Node 24 along as the package `node`, whose install script your npm seems to have blocked: " +
      "allow it with `npm install-scripts approve node` and run `npm ci` again, or install a newer Node.",
  );
  process.exitCode = 1;
}
