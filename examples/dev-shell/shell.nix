# A shell with a project's models: `nix-shell`, or `nix develop` with
# devShells.default = import ./shell.nix { … };
{
  pkgs ? import <nixpkgs> { },
  nix-ai-models ? import ../.. { inherit pkgs; },
}:
let
  models.llama = {
    source.huggingface = {
      repo = "unsloth/Llama-3.2-1B-Instruct";
      rev = "5a8abab4a5d6f164389b1079fb721cfab8d7126c";
    };
    hash = "sha256-LW6+gV1X5ogCFb8vQfhL++JqtnFHqZCmxWYEfyXiWiY=";
  };
in
pkgs.mkShell {
  packages = [ pkgs.python3 ];

  # By path, $AI_MODEL_LLAMA, and by name: AutoModel.from_pretrained("unsloth/Llama-3.2-1B-Instruct").
  env = nix-ai-models.modelEnvironment models;
}
