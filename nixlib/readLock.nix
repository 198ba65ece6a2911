# An entry of a lock file, which `nix-prefetch-hf REPO --lock FILE` writes: a model pinned file by file. docs/lock.md is its page.
#
#   readLock : { where : String; lockFile : Path | String; } -> { <name> : Entry }
#
#   readLock { where = "mkModels"; lockFile = ./models.lock.json; }
#   => { llama = { repo = "unsloth/Llama-3.2-1B-Instruct"; rev = "5a8a…"; lfs = [ … ]; regular = { … }; … }; }
let
  fail = import ./fail.nix;
  version = 1;
  inherit (builtins)
    fromJSON
    isAttrs
    isString
    length
    readFile
    split
    stringLength
    substring
    toJSON
    typeOf
    ;
  isFile = file: builtins.isPath file || isString file && substring 0 1 file == "/";
in
{ where, lockFile }:
if !isFile lockFile then
  fail where "`lockFile` must be a path, not a ${typeOf lockFile}. Write: lockFile = ./models.lock.json;"
else if !builtins.pathExists lockFile then
  fail where "there is no ${toString lockFile} (in a flake: git add it). To make it, run:\n  nix-prefetch-hf ORG/NAME --lock models.lock.json"
else
  let
    text = readFile lockFile;
    end = substring (stringLength text - 2) 2 text;
    repair = "Take it from version control: git checkout ${baseNameOf lockFile}";
    lock = builtins.addErrorContext "while reading ${toString lockFile}, which is damaged. ${repair}" (fromJSON text);
  in
  # builtins.fromJSON says neither which file nor what to do.
  if length (split "\n<<<<<<< " text) > 1 then
    fail where "${toString lockFile} has git's conflict markers in it. Keep the lines of both sides (each model is an entry of its own) and remove the markers."
  else if substring 0 1 text != "{" || end != "}\n" && substring 1 1 end != "}" then
    fail where "${toString lockFile} is damaged: it is no whole set of JSON. ${repair}"
  else if !isAttrs lock || !lock ? version || !isAttrs (lock.models or null) then
    fail where "${toString lockFile} is no lock file: it lacks `version` or `models`."
  else if lock.version != version then
    fail where "${toString lockFile} is of version ${toJSON lock.version}; this nix-ai-models knows version ${toJSON version}. Use the one that wrote it, or a newer one."
  else
    lock.models
