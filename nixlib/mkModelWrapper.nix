# A program that finds its models offline: started in modelEnvironment, with its arguments as they are.
#
# The wrapper is a text whose interpreter is the executable: it sets the variables and becomes the
# program. It needs neither a shell, whose quoting it would have to get right, nor a C compiler, as
# nixpkgs' makeBinaryWrapper does, and builds without nixpkgs.
#
#   mkModelWrapper :
#     { program : Package | String;
#       models : { <name> : Definition | Model } | Path;
#       name ? String           (the program's)
#       arguments ? [String]    (before those of a call)
#       environment ? { <VARIABLE> : String | Int | null; }   (null leaves a variable as it is)
#     } -> Derivation
#
#   mkModelWrapper { program = pkgs.llama-cpp; models = { inherit gemma; }; }
#   mkModelWrapper {
#     program = "${pkgs.llama-cpp}/bin/llama-server";
#     models = { inherit gemma; };
#     arguments = [ "--model" gemma.modelPath ];
#   }
#   => /nix/store/…-llama-server, with bin/llama-server
context:
{ modelEnvironment }:
let
  where = "mkModelWrapper";
  fail = import ./fail.nix where;
  givenEnvironment = import ./givenEnvironment.nix where;
  knownArguments = import ./knownArguments.nix;
  present = import ./present.nix;
  storeName = import ./storeName.nix;
  inherit (builtins)
    baseNameOf
    isAttrs
    isList
    isPath
    parseDrvName
    toJSON
    typeOf
    unsafeDiscardStringContext
    ;
in
args:
let
  given = args.program or (fail "`program` is missing" "program = \"\${pkgs.llama-cpp}/bin/llama-server\";");
  # nixpkgs' lib.getExe
  mainProgram = given.meta.mainProgram or given.pname or (parseDrvName given.name).name;
  program = if isAttrs given then "${given}/bin/${mainProgram}" else "${given}";
  name = storeName where (
    args.name or (baseNameOf (if isPath given then given else unsafeDiscardStringContext program))
  );
  arguments =
    let
      list = args.arguments or [ ];
    in
    if isList list then
      list
    else
      fail "`arguments` must be a list, not a ${typeOf list}" "arguments = [ \"--model\" gemma.modelPath ];";
  environment = modelEnvironment (
    args.models or (fail "`models` is missing" "models = { inherit llama; };")
  );
in
knownArguments
  {
    inherit where args;
    known = [
      "program"
      "models"
      "name"
      "arguments"
      "environment"
    ];
  }
  (
    if builtins.match "/.*" program == null then
      fail "`program = ${toJSON program}` must be an absolute path" "program = \"\${pkgs.llama-cpp}/bin/llama-server\";"
    else
      derivation (
        {
          inherit name program;
          inherit (context) system;
          __structuredAttrs = true;
          interpreter = context.fetcher.interpreter or "${context.fetcher}/bin/nix-ai-models";
          arguments = map toString arguments;
          environment = present (environment // givenEnvironment (args.environment or { }));
          preferLocalBuild = true;
        }
        // import ./builder.nix context.fetcher "wrapper"
      )
      // {
        meta.mainProgram = name;
      }
  )
