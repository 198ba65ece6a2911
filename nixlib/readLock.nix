# The entries of a lock file, which `nix-prefetch-hf lock add REPO` writes (docs/lock.md).
#
#   readLock : { where : String; lockFile : Path | String; } -> { <name> : Entry }
#
#   readLock { where = "mkModels"; lockFile = ./models.lock.json; }
#   => { llama = { repo = "unsloth/Llama-3.2-1B-Instruct"; rev = "5a8a…"; lfs = [ … ]; … }; }
let
  version = 1;
  inherit (builtins)
    addErrorContext
    fromJSON
    isAttrs
    isPath
    isString
    length
    pathExists
    readFile
    split
    stringLength
    substring
    toJSON
    typeOf
    ;
  isFile = file: isPath file || isString file && substring 0 1 file == "/";
in
{ where, lockFile }:
let
  fail = import ./fail.nix where;
  name = toString lockFile;
  text = readFile lockFile;
  end = substring (stringLength text - 2) 2 text;
  restore = "git checkout ${baseNameOf lockFile}";
  # builtins.fromJSON names neither the file nor a fix.
  lock = addErrorContext "${name} is damaged; next: ${restore}" (fromJSON text);
in
if !isFile lockFile then
  fail "`lockFile` must be a path, not a ${typeOf lockFile}" "lockFile = ./models.lock.json;"
else if !pathExists lockFile then
  fail "there is no ${name} (in a flake: git add it)" (import ./lockCommand.nix lockFile "add ORG/NAME")
else if length (split "\n<<<<<<< " text) > 1 then
  fail "${name} has git's conflict markers in it" "keep the lines of both sides"
else if substring 0 1 text != "{" || end != "}\n" && substring 1 1 end != "}" then
  fail "${name} is damaged: it is not a whole JSON object" restore
else if !isAttrs lock || !lock ? version || !isAttrs (lock.models or null) then
  fail "${name} is not a lock file: it lacks `version` or `models`" restore
else if lock.version != version then
  fail "${name} has version ${toJSON lock.version}, not ${toJSON version}" "use a newer nix-ai-models"
else
  lock.models
