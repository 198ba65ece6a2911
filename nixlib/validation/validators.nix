# The validators as data: the executable runs them by name. Each may have its own `onFailure`,
# `timeout` and `refuse`:
#
#   maxSize "50G" // { onFailure = "warn"; }
#
#   onFailure   "abort": the model is not built; "warn": findings go to log and report; "skip": to the
#               report only
#   timeout     in seconds
#   refuse      the least severity that fails it: "report", "suspicious" (default) or "dangerous"
{
  # Every file is plain and readable, no link leads out of the model, and each is hashed for the
  # report.
  integrity.name = "integrity";

  # Programs named like weights or texts; pictures and Git LFS pointers in place of weights.
  disguise.name = "disguise";

  # Every pickle, in whatever container, read by an abstract pickle machine: an allow-list for
  # tensors.
  #   pickleScan // { allow = [ "torch_geometric.data.*" "flair.data.Dictionary" ]; }
  #     names that pickles may use beside the known ones; never dangerous ones
  pickleScan.name = "pickleScan";

  # Every rule of the format, and shards against model.safetensors.index.json.
  safetensors.name = "safetensors";

  # Structure and bounds, split files, chat templates.
  gguf.name = "gguf";

  # Structure, external data inside the folder, custom operators.
  onnx.name = "onnx";

  # Lambda layers, imports of modules, SavedModels that read and write files.
  keras.name = "keras";

  # Code that runs only when the user opts in: auto_map, .py files, chat templates, TorchScript,
  # programs.
  optInCode.name = "optInCode";

  # No file that a pickle loader would load.
  noPickleFiles.name = "noPickleFiles";

  # Weights in safetensors or GGUF; every other file is known text, a picture or sound.
  safetensorsOnly.name = "safetensorsOnly";

  noPythonCode.name = "noPythonCode";
  noExecutables.name = "noExecutables";
  noSymlinks.name = "noSymlinks";

  # There is a config.json (or a substitute), and each is valid JSON.
  validConfigJson.name = "validConfigJson";

  # requiredFiles [ "config.json" "*.safetensors" ]: each path or glob matches a file.
  requiredFiles = files: {
    name = "requiredFiles";
    inherit files;
  };

  # fileTypes [ "safetensors" "text" "*.model" ]: types by their bytes (docs/validation.md), or
  # globs of names.
  fileTypes = types: {
    name = "fileTypes";
    inherit types;
  };

  # maxSize "20G": 20 * 10^9 bytes for all files together; "20GiB" is 20 * 2^30.
  maxSize = size: {
    name = "maxSize";
    size = if builtins.isInt size then toString size else size;
  };

  # license [ "apache-2.0" "mit" ]: the licence of the model card; [ ] accepts any that it states.
  license = licenses: {
    name = "license";
    inherit licenses;
  };

  # signature { trustedPublicKeys = [ "me-1:base64" ]; }: one of the keys signed exactly these files
  # (docs/signing.md).
  signature =
    { trustedPublicKeys }:
    {
      name = "signature";
      inherit trustedPublicKeys;
    };
}
