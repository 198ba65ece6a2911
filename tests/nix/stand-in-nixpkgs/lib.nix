# The part of nixpkgs' lib that our package and template use.
{
  genAttrs =
    names: value:
    builtins.listToAttrs (
      map (name: {
        inherit name;
        value = value name;
      }) names
    );
  getLib = package: package;
  licenses.mit.spdxId = "MIT";
  fileset = {
    toSource = { root, fileset }: builtins.deepSeq fileset root;
    unions = sets: sets;
    difference = a: b: [
      a
      b
    ];
    maybeMissing = path: toString path;
  };
}
