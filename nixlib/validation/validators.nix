# The validators as data: what the executable runs by name. Each may be given `onFailure`, `timeout` and `refuse` of its own:
#
#   maxSize "50G" // { onFailure = "warn"; }
#
#   onFailure   "abort": the model is not built; "warn": the findings stand in the log and the report; "skip": in the report only
#   timeout     seconds
#   refuse      the least severity that fails it: "report", "suspicious" (default) or "dangerous"
{
  # Every file is plain and readable, no link leads out of the model, and each is hashed for the report.
  integrity.name = "integrity";

  # Programs under the names of weights or texts, Git LFS pointers in place of content.
  disguise.name = "disguise";

  # Every pickle, wherever it is wrapped, read by an abstract pickle machine: an allow-list of what tensors need.
  pickleScan.name = "pickleScan";

  # Every rule of the format, and shards against model.safetensors.index.json.
  safetensors.name = "safetensors";

  # Structure and bounds, split files, chat templates.
  gguf.name = "gguf";

  # Structure, external data inside the folder, operators that are not the standard's.
  onnx.name = "onnx";

  # Lambda layers, modules to be imported, SavedModels that read and write files.
  keras.name = "keras";

  # What runs only when the user opts in: auto_map, .py files, chat templates, TorchScript, programs.
  optInCode.name = "optInCode";

  # No file that a pickle loader would take.
  noPickleFiles.name = "noPickleFiles";

  # Weights in safetensors or GGUF, in no other format.
  safetensorsOnly.name = "safetensorsOnly";

  noPythonCode.name = "noPythonCode";
  noExecutables.name = "noExecutables";
  noSymlinks.name = "noSymlinks";

  # There is a config.json (or what stands for one), and each is valid JSON.
  validConfigJson.name = "validConfigJson";

  # requiredFiles [ "config.json" "*.safetensors" ]: each path or glob matches a file.
  requiredFiles = files: {
    name = "requiredFiles";
    inherit files;
  };

  # fileTypes [ "safetensors" "text" "*.model" ]: types by their bytes (docs/validation.md lists them), or globs of names.
  fileTypes = types: {
    name = "fileTypes";
    inherit types;
  };

  # maxSize "20G": 20 * 10^9 bytes for all files together; "20GiB" is 20 * 2^30.
  maxSize = size: {
    name = "maxSize";
    size = if builtins.isInt size then toString size else size;
  };

  # license [ "apache-2.0" "mit" ]: what the model card states; [ ] takes any that is stated.
  license = licenses: {
    name = "license";
    inherit licenses;
  };

  # signature { trustedPublicKeys = [ "me-1:base64" ]; }: one of the keys signed exactly these files (docs/signing.md).
  signature =
    { trustedPublicKeys }:
    {
      name = "signature";
      inherit trustedPublicKeys;
    };
}
