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
  optional = condition: value: if condition then [ value ] else [ ];
  optionalString = condition: text: if condition then text else "";
  optionals = condition: values: if condition then values else [ ];
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
