# The sources that a definition can name, one file each: `source.<name>` is what that file reads.
# docs/adding-a-source.md adds one.
#
#   sources : { <name> : Context -> Given -> Origin }
#     Given = { where, prefix : String; given : AttrSet (the value of `source.<name>`);
#       args : AttrSet (the whole definition); network; tokenEnvVar : String | null;
#       pinnedFiles : [PinnedFile] -> Origin (pinnedFiles.nix); }
#     Origin = {
#       raw : Derivation            the files at their paths, and nothing else
#       downloads : [Derivation]    what has to be fetched for it
#       paths : [String]            the files' paths, as far as they are known without a listing
#       known : [{ path, sha256, file : String }]   files whose sha256 Nix checks
#       content : String            equal where two models have the same files
#       selection : { files, include, exclude : [String]; quant, mmproj : String | null; }
#       select : String -> String   the line of a definition that adds a file
#       listing : String | null     the command that names the files for which a word stands
#       hub : AttrSet | null        which repository of the Hugging Face Hub it is (hubIdentity.nix);
#                                   null: it is found by its path, and in no Hugging Face cache
#       manifest : { source, locked }   what `nix-ai-models sync` fetches it by, with a token of the Hub
#       definition : AttrSet        what the definition says in other words
#       attributes ? AttrSet        further attributes of the model
#     }
#
#   sources.url context { where = "fetchModel"; prefix = "source.url."; given = { url = "https://…"; … }; … }
#   => { raw = «derivation /nix/store/…-llama-files.drv»; hub = null; … }
{
  huggingface = import ./sources/huggingface.nix;
  ollama = import ./sources/ollama.nix;
  url = import ./sources/url.nix;
}
